using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>Seeded draws that keep the share of every class.</summary>
internal static class Stratified
{
    /// <summary>
    /// Draws <paramref name="count"/> of the samples: of each class its exact share, rounded down or up (largest remainders
    /// first). Both results are in ascending order and together hold every index once.
    /// </summary>
    /// <param name="labels">The class of every sample.</param>
    /// <param name="count">Samples to draw, 0 to the number of labels.</param>
    /// <param name="stream">Gives each class its random numbers.</param>
    /// <param name="keepOne">Leaves at least one sample of each class undrawn; fewer than <paramref name="count"/> are drawn where that needs it.</param>
    public static (int[] Drawn, int[] Left) Draw(ReadOnlySpan<long> labels, int count, Func<long, CounterRandom> stream, bool keepOne = false)
    {
        var classes = new SortedDictionary<long, List<int>>();
        for (var i = 0; i < labels.Length; i++)
        {
            if (!classes.TryGetValue(labels[i], out var members)) classes[labels[i]] = members = [];
            members.Add(i);
        }

        var drawn = new List<int>(count);
        var left = new List<int>(labels.Length - count);
        foreach (var (label, quota) in Quotas(classes.ToDictionary(c => c.Key, c => (long)c.Value.Count), count, keepOne))
        {
            var members = classes[label].ToArray();
            var random = stream(label);
            random.Shuffle(members.AsSpan());
            drawn.AddRange(members.AsSpan(0, quota));
            left.AddRange(members.AsSpan(quota));
        }
        drawn.Sort();
        left.Sort();
        return ([.. drawn], [.. left]);
    }

    /// <summary>How many of each class are drawn: Hamilton's method, in whole numbers so that no rounding of a share can shift a quota.</summary>
    /// <param name="classes">The samples of each class.</param>
    /// <param name="count">Samples to draw in all.</param>
    /// <param name="keepOne">As for <see cref="Draw"/>.</param>
    public static SortedDictionary<long, int> Quotas(IReadOnlyDictionary<long, long> classes, int count, bool keepOne = false)
    {
        var total = classes.Values.Sum();
        var ordered = classes.OrderBy(c => c.Key).ToArray();
        var quotas = new SortedDictionary<long, int>(ordered.ToDictionary(c => c.Key, c => (int)Math.Min(c.Value * count / total, keepOne ? c.Value - 1 : c.Value)));
        var missing = count - quotas.Values.Sum();
        foreach (var (label, members) in ordered.Where(c => c.Value * count % total > 0).OrderByDescending(c => c.Value * count % total))
        {
            if (missing == 0) break;
            if (keepOne && quotas[label] + 1 >= members) continue;
            quotas[label]++;
            missing--;
        }
        return quotas;
    }
}
