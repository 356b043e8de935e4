using OnnxPipeline.Pipeline.Reports;

namespace OnnxPipeline.Pipeline.Tests.Reports;

/// <summary>A test of charts in a browser, skipped with the reason where they cannot be looked at.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip =
        Chromium.Path is null ? Chromium.Missing
        : VegaLibrary.Embedded is null ? "needs the chart library: run pipeline/Reports/Vega/install.sh and build again"
        : null;
}
