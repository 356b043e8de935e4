namespace OnnxPipeline.Compression.Pruning.Masks;

/// <summary>Masks that leave the largest weights: float tensors of 1 and 0 under their weights' names.</summary>
internal static class MagnitudeMasks
{
    /// <summary>Masks of a share of 0, the smallest absolute values first; of equal ones the first.</summary>
    /// <param name="weights">The weights, as they are now; those at 0 already are the smallest.</param>
    /// <param name="amount">The share, in [0, 1).</param>
    /// <param name="scope">What it is one of.</param>
    public static IReadOnlyList<Initializer> Of(IReadOnlyList<Initializer> weights, double amount, PruneScope scope)
    {
        Initializer[] masks = [.. weights.Select(Ones)];
        if (scope == PruneScope.Global) Clear(weights, masks, amount);
        else for (var i = 0; i < masks.Length; i++) Clear([weights[i]], [masks[i]], amount);
        return masks;
    }

    /// <summary>Masks that leave the <paramref name="keep"/> largest of every <paramref name="of"/> weights along an axis, whose size is a multiple.</summary>
    public static Initializer OfPattern(Initializer weight, int axis, int keep, int of)
    {
        var mask = Ones(weight);
        var values = weight.Span<float>();
        var stride = (int)weight.Dims.Skip(axis + 1).Aggregate(1L, (product, dim) => product * dim);
        var size = (int)weight.Dims[axis];
        var order = new int[of];
        var magnitudes = new float[of];
        for (var start = 0; start < values.Length; start++)
        {
            // Each run begins where the index along the axis is a multiple of the run's length.
            if (start / stride % size % of != 0) continue;
            for (var i = 0; i < of; i++) (order[i], magnitudes[i]) = (start + i * stride, Math.Abs(values[start + i * stride]));
            Array.Sort(magnitudes, order);
            foreach (var index in order.AsSpan(0, of - keep)) mask.Span<float>()[index] = 0;
        }
        return mask;
    }

    private static void Clear(IReadOnlyList<Initializer> weights, IReadOnlyList<Initializer> masks, double amount)
    {
        var count = checked((int)weights.Sum(w => w.ElementCount));
        var magnitudes = new float[count];
        var at = 0;
        foreach (var weight in weights)
        {
            foreach (var value in weight.Span<float>()) magnitudes[at++] = Math.Abs(value);
        }
        // A stable order, so that equal weights fall the same way on every machine.
        var order = Enumerable.Range(0, count).ToArray();
        Array.Sort(order, (a, b) => magnitudes[a].CompareTo(magnitudes[b]) is not 0 and var by ? by : a.CompareTo(b));
        var going = new HashSet<int>(order.Take((int)Math.Round(count * amount, MidpointRounding.AwayFromZero)));
        at = 0;
        foreach (var mask in masks)
        {
            var span = mask.Span<float>();
            for (var i = 0; i < span.Length; i++)
            {
                if (going.Contains(at++)) span[i] = 0;
            }
        }
    }

    private static Initializer Ones(Initializer weight)
    {
        var mask = Initializer.Zeros(weight.Name, ElementType.Float, weight.Dims);
        mask.Span<float>().Fill(1);
        return mask;
    }
}
