namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>What a soak saw.</summary>
/// <param name="Answered">Requests that were answered, each as it should be.</param>
/// <param name="Vanished">Clients that left in the middle of a request.</param>
/// <param name="Reloads">Times that another model was put in place, and then answered.</param>
/// <param name="MemoryFirst">The median of the server's working set over the first third, in bytes.</param>
/// <param name="MemoryLast">The same over the last third.</param>
/// <param name="Faults">What was wrong; empty where all was well.</param>
internal sealed record SoakReport(long Answered, int Vanished, int Reloads, double MemoryFirst, double MemoryLast, IReadOnlyList<string> Faults)
{
    // Caches and pools may still fill, and the collector takes its time; what leaks at thousands of requests a second is beyond this soon.
    private const double Share = 0.1;
    private const double Bytes = 16 << 20;

    /// <summary>Whether the memory of the last third is no more than a tenth and 16 MiB above that of the first.</summary>
    public static bool IsFlat(double first, double last) => last <= first * (1 + Share) + Bytes;

    public void Write(TextWriter output)
    {
        output.WriteLine($"{Answered} requests answered, {Vanished} clients vanished, {Reloads} reloads");
        output.WriteLine(FormattableString.Invariant($"working set: {MemoryFirst / 1e6:f1} MB in the first third, {MemoryLast / 1e6:f1} MB in the last"));
        foreach (var fault in Faults) output.WriteLine($"fault: {fault}");
        if (Faults.Count == 0) output.WriteLine("no fault");
    }
}
