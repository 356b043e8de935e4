using System.Diagnostics;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>How long a deployed model takes for a batch, the copying of its input and output included.</summary>
/// <param name="Batch">Samples a run.</param>
/// <param name="MedianMilliseconds">Half of the runs were quicker.</param>
/// <param name="P90Milliseconds">Nine of ten runs were quicker.</param>
/// <param name="Runs">How many were measured.</param>
public sealed record BatchTime(int Batch, double MedianMilliseconds, double P90Milliseconds, int Runs);

/// <summary>Times a deployed model in ONNX Runtime on the CPU, with all its cores.</summary>
public static class DeployTimer
{
    private const int WarmUps = 3;
    private const int MostRuns = 200;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.5);

    /// <param name="deploy">The model.</param>
    /// <param name="samples">What it is run on.</param>
    /// <param name="batches">Batch sizes; those that there are too few samples for are left out, and all but 1 for a model that decodes files.</param>
    public static IReadOnlyList<BatchTime> Measure(Model deploy, HeldOutSamples samples, params IReadOnlyList<int> batches)
    {
        using var runner = ModelRunner.Open(deploy, new SessionSettings());
        var output = runner.Metadata?.Prediction ?? runner.Metadata?.Probabilities ?? runner.Outputs[0];
        return [.. batches.Where(batch => batch <= samples.Count && (batch == 1 || !runner.TakesFiles)).Select(batch => Measure(runner, samples, batch, output))];
    }

    private static BatchTime Measure(ModelRunner runner, HeldOutSamples samples, int batch, string output)
    {
        var input = samples.Deployed(0, batch);
        for (var i = 0; i < WarmUps; i++) runner.Run(input, output);
        var times = new List<double>();
        var began = Stopwatch.GetTimestamp();
        while (times.Count < MostRuns && (times.Count == 0 || Stopwatch.GetElapsedTime(began) < Budget))
        {
            var start = Stopwatch.GetTimestamp();
            runner.Run(input, output);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return new BatchTime(batch, times[times.Count / 2], times[times.Count * 9 / 10], times.Count);
    }
}
