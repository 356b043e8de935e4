namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>How the cores are shared: so many trials at once, each with so many threads. Neither changes what a trial makes.</summary>
internal readonly record struct SweepShare(int Trials, int Threads)
{
    /// <summary>Beyond this many trials at once, memory runs out before cores do.</summary>
    private const int MostUnasked = 8;

    /// <param name="asked">Trials at once; null to choose: one a core, since small models gain little from more threads, and one alone on a device.</param>
    /// <param name="runs">Trials there are.</param>
    /// <param name="onDevice">Whether they share one device other than the CPU.</param>
    /// <param name="cores">Cores there are.</param>
    public static SweepShare Of(int? asked, int runs, bool onDevice, int cores)
    {
        var trials = Math.Min(runs, asked ?? (onDevice ? 1 : Math.Min(cores, MostUnasked)));
        return new SweepShare(trials, Math.Max(1, cores / trials));
    }
}
