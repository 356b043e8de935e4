namespace OnnxPipeline.Benchmarks;

/// <summary>How a benchmark's figures are shown.</summary>
internal enum Unit
{
    StepsPerSecond,
    ImagesPerSecond,
    MillisecondsPerStep,
    MicrosecondsPerStep,
}

/// <summary>A task that is done here, and by the peers it is measured against: PyTorch, a Node server, or another way of our own.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Task">The task in full, for the table.</param>
/// <param name="Unit">How its figures are shown.</param>
/// <param name="StepsPerRound">Steps of one round: enough for half a second or so.</param>
/// <param name="Ours">Opens our side, warmed up.</param>
/// <param name="Peers">Open the peers; the fastest of them is the one compared with.</param>
internal sealed record Benchmark(string Name, string Task, Unit Unit, int StepsPerRound, Func<IBenchmarkSubject> Ours, params IReadOnlyList<Func<IBenchmarkSubject>> Peers)
{
    /// <summary>A time for one step in this benchmark's unit.</summary>
    public double Show(double secondsPerStep) => Unit switch
    {
        Unit.StepsPerSecond or Unit.ImagesPerSecond => 1 / secondsPerStep,
        Unit.MillisecondsPerStep => secondsPerStep * 1e3,
        _ => secondsPerStep * 1e6,
    };

    public string UnitName => Unit switch
    {
        Unit.StepsPerSecond => "steps/s",
        Unit.ImagesPerSecond => "images/s",
        Unit.MillisecondsPerStep => "ms/step",
        _ => "us/step",
    };
}
