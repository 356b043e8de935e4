namespace OnnxPipeline.Benchmarks;

/// <summary>How a benchmark's figures are shown.</summary>
internal enum Unit
{
    StepsPerSecond,
    ImagesPerSecond,
    MillisecondsPerStep,
    MicrosecondsPerStep,
}

/// <summary>A task that we do, and PyTorch too where it has a peer.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Task">The task in full, for the table.</param>
/// <param name="Unit">How its figures are shown.</param>
/// <param name="StepsPerRound">Training steps of one round: enough for half a second or so.</param>
/// <param name="Ours">Opens our side, warmed up.</param>
/// <param name="PeerScript">The peer's program in peers/; null where there is none.</param>
/// <param name="PeerThreads">Thread counts to give the peer; the fastest is the one compared with.</param>
internal sealed record Benchmark(string Name, string Task, Unit Unit, int StepsPerRound, Func<IBenchmarkSubject> Ours, string? PeerScript, IReadOnlyList<int> PeerThreads)
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
