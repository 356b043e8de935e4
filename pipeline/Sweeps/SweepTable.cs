using System.Globalization;
using OnnxPipeline.Pipeline.Commands;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A sweep as a table, the best combination of values first.</summary>
internal static class SweepTable
{
    public static TextTable Of(SweepRecord sweep, IReadOnlyList<RankedPoint> ranked)
    {
        var table = new TextTable([.. sweep.Parameters, sweep.Metric, "SEEDS", "STATUS", "RUN", "WHY"]);
        foreach (var point in ranked)
        {
            table.Add(
            [
                .. sweep.Parameters.Select(p => point.First.Values[p]),
                Value(point),
                point.Trials.Count.ToString(CultureInfo.InvariantCulture),
                point.Status.ToString().ToLowerInvariant(),
                point.First.RunId ?? "-",
                point.Trials.FirstOrDefault(t => t.Reason is not null)?.Reason ?? "",
            ]);
        }
        return table;
    }

    /// <summary>For example "0.9731 ± 0.0042".</summary>
    public static string Value(RankedPoint point) =>
        point.Mean is not { } mean ? "-"
        : point.Deviation is { } deviation ? string.Create(CultureInfo.InvariantCulture, $"{mean:G4} ± {deviation:G2}")
        : mean.ToString("G4", CultureInfo.InvariantCulture);
}
