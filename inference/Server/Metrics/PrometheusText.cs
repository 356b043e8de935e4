using System.Globalization;
using System.Text;

namespace OnnxPipeline.Inference.Server.Metrics;

/// <summary>
/// Metrics in Prometheus' text format. Counters have Triton's names; histograms, which Triton has not, are in seconds.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>A metric of one value a model.</summary>
    public void Add(string name, string kind, string help, IEnumerable<(string Labels, double Value)> samples)
    {
        Head(name, kind, help);
        foreach (var (labels, value) in samples) Line(name, labels, value);
    }

    /// <summary>A histogram a model.</summary>
    public void Add(string name, string help, IEnumerable<(string Labels, Histogram Histogram)> histograms)
    {
        Head(name, "histogram", help);
        foreach (var (labels, histogram) in histograms)
        {
            foreach (var (bound, count) in histogram.Cumulative()) Line($"{name}_bucket", $"{labels},le=\"{bound.ToString(CultureInfo.InvariantCulture)}\"", count);
            Line($"{name}_bucket", $"{labels},le=\"+Inf\"", histogram.Count);
            Line($"{name}_sum", labels, histogram.Sum);
            Line($"{name}_count", labels, histogram.Count);
        }
    }

    private void Head(string name, string kind, string help) => _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");

    private void Line(string name, string labels, double value) => _text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
}
