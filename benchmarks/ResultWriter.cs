using System.Text.Json;

namespace OnnxPipeline.Benchmarks;

/// <summary>Writes comparisons as a Markdown table for people and as JSON for programs.</summary>
internal static class ResultWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void WriteTable(IReadOnlyList<Comparison> comparisons, int rounds, TextWriter output)
    {
        output.WriteLine(Machine.Hardware);
        output.WriteLine(Machine.Software);
        output.WriteLine($"n = {rounds} rounds, sides alternating; median ± half the quartiles' distance.");
        foreach (var comparison in comparisons)
        {
            var benchmark = comparison.Benchmark;
            output.WriteLine();
            output.WriteLine($"{benchmark.Name}: {benchmark.Task}");
            output.WriteLine();
            Write(output, "", benchmark.UnitName, "±", "best", "ratio");
            Write(output, "---", "---:", "---:", "---:", "---:");
            foreach (var side in comparison.Peers.Prepend(comparison.Ours))
            {
                var time = side.SecondsPerStep;
                var ratio = side == comparison.Ours ? "" : $"{time.Median / comparison.Ours.SecondsPerStep.Median:F2}{(side == comparison.Peer ? " *" : "")}";
                Write(output, side.Subject, $"{benchmark.Show(time.Median):F1}", $"{time.Spread:P1}", $"{benchmark.Show(time.Least):F1}", ratio);
            }
            output.WriteLine();
            if (comparison.Ratio is { } times) output.WriteLine($"* {times:F2} times the speed of the fastest peer.");
            if (comparison.PeerAbsent is { } absent) output.WriteLine(absent);
        }
    }

    /// <summary>Writes a JSON file and returns its path.</summary>
    public static string WriteJson(IReadOnlyList<Comparison> comparisons, int rounds, string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{now.UtcDateTime:yyyyMMdd-HHmmss}.json");
        var record = new
        {
            Time = now,
            Machine.Hardware,
            Machine.Software,
            Rounds = rounds,
            Benchmarks = comparisons.Select(c => new
            {
                c.Benchmark.Name,
                c.Benchmark.Task,
                c.Benchmark.StepsPerRound,
                Ours = Side(c.Ours),
                Peers = c.Peers.Select(Side),
                Peer = c.Peer?.Subject,
                c.Ratio,
                c.PeerAbsent,
            }),
        };
        File.WriteAllText(path, JsonSerializer.Serialize(record, Indented));
        return path;

        static object Side(Measurement side) => new
        {
            side.Subject,
            SecondsPerStep = new { side.SecondsPerStep.Median, side.SecondsPerStep.LowerQuartile, side.SecondsPerStep.UpperQuartile, Best = side.SecondsPerStep.Least },
        };
    }

    private static void Write(TextWriter output, string subject, string median, string spread, string best, string ratio) =>
        output.WriteLine($"| {subject,-36} | {median,10} | {spread,6} | {best,10} | {ratio,7} |");
}
