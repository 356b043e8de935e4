using OnnxPipeline.Compression.Pruning.Dependencies;

namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>A group whose channels are ranked.</summary>
/// <param name="Group">The group.</param>
/// <param name="Scores">The importance of each channel.</param>
/// <param name="Original">How many channels it had before anything was pruned: shares are of those.</param>
internal sealed record RankedGroup(ChannelGroup Group, double[] Scores, int Original);

/// <summary>Chooses which channels go.</summary>
internal static class ChannelSelector
{
    /// <summary>The least important channels, so that a share of the original ones is gone. At least one of each group stays.</summary>
    /// <param name="groups">Ranked channels.</param>
    /// <param name="share">In [0, 1).</param>
    /// <param name="scope">What the share is one of.</param>
    /// <param name="roundTo">Groups keep a multiple of so many.</param>
    public static IReadOnlyList<Channel> Select(IReadOnlyList<RankedGroup> groups, double share, PruneScope scope, int roundTo)
    {
        var kept = scope == PruneScope.Layer ? groups.Select(g => g.Original - Share(g.Original, share)) : KeptOfAll(groups, share);
        return [.. groups.Zip(kept).SelectMany(g => Least(g.First, g.First.Group.Channels.Count - Rounded(g.Second, g.First.Group.Channels.Count, roundTo)))];
    }

    private static int Share(int count, double share) => (int)Math.Round(count * share, MidpointRounding.AwayFromZero);

    private static int Rounded(int kept, int most, int roundTo) => Math.Min(most, (Math.Max(1, kept) + roundTo - 1) / roundTo * roundTo);

    /// <summary>How many each group keeps when all channels are ranked together, by their importance relative to their group's mean.</summary>
    private static int[] KeptOfAll(IReadOnlyList<RankedGroup> groups, double share)
    {
        var kept = groups.Select(g => g.Scores.Length).ToArray();
        var ranked = groups
            .SelectMany((g, index) => Relative(g.Scores).Select(score => (Score: score, Group: index)))
            .OrderBy(c => c.Score).ThenBy(c => c.Group);
        var going = Share(groups.Sum(g => g.Original), share) - groups.Sum(g => g.Original - g.Scores.Length);
        foreach (var (_, group) in ranked)
        {
            if (going <= 0) break;
            if (kept[group] == 1) continue;
            kept[group]--;
            going--;
        }
        return kept;
    }

    private static IEnumerable<double> Relative(double[] scores)
    {
        var mean = scores.Average();
        return scores.Select(score => mean > 0 ? score / mean : 0);
    }

    private static IEnumerable<Channel> Least(RankedGroup ranked, int count) =>
        Enumerable.Range(0, ranked.Scores.Length).OrderBy(i => ranked.Scores[i]).ThenBy(i => i).Take(count).Select(i => ranked.Group.Channels[i]);
}
