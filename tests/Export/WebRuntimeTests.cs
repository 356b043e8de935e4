using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Tests;

public sealed class WebRuntimeTests
{
    private static readonly ExportSettings Settings = new() { Labels = TestClassifier.Labels };

    [WebFact]
    public void An_export_gives_the_same_classes_in_WebAssembly()
    {
        var model = Exporter.Export(TestClassifier.Cnn(), Settings with { Input = ImageLayout.Hwc, TestTimeAugmentation = TestTimeAugmentation.FlipShift, Label = true, TopK = 2 }).Model;
        var comparison = WebRuntime.Compare(model, TestClassifier.Samples(40), 35, new VerifyOptions());
        Assert.Equal((true, 35, 1.0, null), (comparison.Passed, comparison.Samples, comparison.Agreement, comparison.Skipped));
        Assert.InRange(comparison.MaxAbsDiff, 0, 1e-4);
        Assert.StartsWith("onnxruntime-web 1.", comparison.Runtime, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_run_says_why()
    {
        var model = Exporter.Export(TestClassifier.Cnn(), Settings with { Input = ImageLayout.Encoded }).Model;
        Assert.NotNull(WebRuntime.Compare(model, TestClassifier.Samples(4), 4, new VerifyOptions()).Skipped);
    }

    [Fact]
    public void A_second_runtime_that_differs_fails_the_report()
    {
        var report = Verifier.Verify(TestClassifier.Cnn(), Exporter.Export(TestClassifier.Cnn(), Settings).Model, TestClassifier.Samples(10));
        Assert.True(report.With(RuntimeComparison.NotRun("absent")).Passed);
        var failed = report.With(new RuntimeComparison("other", false, 10, 0.5, 0.9, null));
        Assert.False(failed.Passed);
        Assert.Contains("in other", Assert.Throws<VerifyException>(failed.EnsurePassed).Message, StringComparison.Ordinal);
        Assert.Equal(failed.ToJson(), VerifyReport.FromJson(failed.ToJson()).ToJson());
    }
}

/// <summary>A test in onnxruntime-web, skipped with the reason where it cannot be run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WebFactAttribute : FactAttribute
{
    public WebFactAttribute() => Skip = WebRuntime.Unavailable;
}
