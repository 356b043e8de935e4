using System.Diagnostics;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>How long a deployed model takes for a batch in ONNX Runtime, all outputs computed.</summary>
/// <param name="Batch">Samples a run.</param>
/// <param name="QuickMilliseconds">A quarter of the runs were quicker: hardly touched by whatever else the machine does, and so what models are compared by.</param>
/// <param name="MedianMilliseconds">Half of the runs were quicker.</param>
/// <param name="P90Milliseconds">Nine of ten runs were quicker.</param>
/// <param name="Runs">How many were measured.</param>
public sealed record BatchTime(int Batch, double QuickMilliseconds, double MedianMilliseconds, double P90Milliseconds, int Runs);

/// <summary>
/// Times deployed models on the CPU. They take turns of many runs, so that whatever else the machine does falls on all alike; the first
/// runs of a turn do not count, for until they are done the threads of the model before may still be spinning (<see cref="Spinning"/>).
/// </summary>
public static class LatencyMeter
{
    /// <summary>How long a model is timed for each batch size unless a caller says otherwise, in seconds: what the fewest turns take.</summary>
    public const double UsualSeconds = LeastTurns * (SettlingSeconds + TurnSeconds);

    private const int LeastTurns = 5;
    private const int LeastSettlingRuns = 2;
    private const double SettlingSeconds = 0.06;
    private const double TurnSeconds = 0.04;

    /// <param name="models">Deployed models that take the same samples.</param>
    /// <param name="samples">What they are run on; where there are fewer than a batch, they are repeated.</param>
    /// <param name="batches">Batch sizes.</param>
    /// <param name="threads">Threads of each model; 0 for all cores.</param>
    /// <param name="seconds">About how long each model may take for each batch size. With less than <see cref="UsualSeconds"/> turns are shorter, and tell less.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <returns>The times of each model, without the batch sizes that it does not take.</returns>
    /// <exception cref="ArgumentException">There are no samples.</exception>
    /// <exception cref="ExportException">A model takes other samples.</exception>
    public static IReadOnlyList<IReadOnlyList<BatchTime>> Measure(IReadOnlyList<Model> models, HeldOutSamples samples, IReadOnlyList<int> batches, int threads = 0, double seconds = UsualSeconds, CancellationToken cancellation = default)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to run models on.", nameof(samples));
        var runners = new List<ModelRunner>();
        try
        {
            foreach (var model in models) runners.Add(ModelRunner.Open(model, new SessionSettings { Threads = threads }));
            var times = models.Select(_ => new List<BatchTime>()).ToArray();
            foreach (var size in batches)
            {
                var batch = samples.Deployed(0, Math.Min(size, samples.Count)).Repeated(size);
                foreach (var (list, time) in times.Zip(Measure(runners, batch, seconds, cancellation)))
                {
                    if (time is not null) list.Add(time);
                }
            }
            return times;
        }
        finally
        {
            foreach (var runner in runners) runner.Dispose();
        }
    }

    private static BatchTime?[] Measure(List<ModelRunner> runners, SampleBatch samples, double seconds, CancellationToken cancellation)
    {
        PreparedBatch?[] batches = [.. runners.Select(runner => runner.Prepare(samples))];
        try
        {
            var runs = batches.Select(_ => new List<double>()).ToArray();
            var began = Stopwatch.GetTimestamp();
            var budget = TimeSpan.FromSeconds(seconds * batches.Count(b => b is not null));
            var length = Math.Min(1, seconds / UsualSeconds);
            for (var turn = 0; turn < LeastTurns || Stopwatch.GetElapsedTime(began) < budget; turn++)
            {
                for (var i = 0; i < batches.Length; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    // Who follows whom changes too.
                    var next = (i * (turn % 2 == 0 ? 1 : batches.Length - 1) + turn) % batches.Length;
                    if (batches[next] is { } batch) TakeTurn(batch, length, runs[next]);
                }
            }
            return [.. runs.Select(times => times.Count == 0 ? null : Summary(samples.Count, times))];
        }
        finally
        {
            foreach (var batch in batches) batch?.Dispose();
        }
    }

    private static void TakeTurn(PreparedBatch batch, double length, List<double> runs)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < LeastSettlingRuns || Stopwatch.GetElapsedTime(began).TotalSeconds < length * SettlingSeconds; i++) batch.Run();
        began = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            batch.Run();
            runs.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < length * TurnSeconds);
    }

    private static BatchTime Summary(int batch, List<double> runs)
    {
        runs.Sort();
        return new BatchTime(batch, runs[runs.Count / 4], runs[runs.Count / 2], runs[runs.Count * 9 / 10], runs.Count);
    }
}
