using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Budget;

/// <summary>How far a model's answers are from those of another, on samples: the mean absolute difference of its first output.</summary>
internal sealed class OutputDistance
{
    /// <summary>A mean difference is steady after far fewer samples than a count of right answers.</summary>
    private const int Samples = 512;

    private readonly HeldOutSamples _samples;
    private readonly string _output;
    private readonly float[] _expected;

    public OutputDistance(Model reference, HeldOutSamples samples, CancellationToken cancellation)
    {
        _samples = samples;
        _output = reference.Graph.Outputs[0].Name;
        _expected = Answers(reference, cancellation);
    }

    public double To(Model model, CancellationToken cancellation)
    {
        var answers = Answers(model, cancellation);
        return answers.Zip(_expected, (a, e) => (double)Math.Abs(a - e)).Average();
    }

    private float[] Answers(Model model, CancellationToken cancellation)
    {
        var answers = new List<float>();
        using var runner = new SampleRunner(model, [_output]);
        runner.Run(_samples, Samples, results => answers.AddRange(results[0].GetTensorDataAsSpan<float>()), cancellation);
        return [.. answers];
    }
}
