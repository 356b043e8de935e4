namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A rung of successive halving: so many of the trials are trained for so many epochs.</summary>
internal sealed record HalvingRung(int Trials, int Epochs);

/// <summary>How many rungs there are, and how long each is.</summary>
internal static class HalvingRungs
{
    /// <summary>
    /// From the shortest to the full length: the last has <paramref name="epochs"/>, each before it 1/eta of the next (rounded
    /// up), none fewer than <see cref="HalvingOptions.MinEpochs"/>; and no more than it takes to come from all trials to one.
    /// </summary>
    public static IReadOnlyList<HalvingRung> Of(int trials, int epochs, HalvingOptions options)
    {
        var (left, length) = (trials, epochs);
        var lengths = new List<int> { epochs };
        while (left >= options.Eta && Shorter(length) is var shorter && shorter < length && shorter >= options.MinEpochs)
        {
            lengths.Insert(0, length = shorter);
            left /= options.Eta;
        }
        var rungs = new List<HalvingRung>();
        foreach (var rung in lengths)
        {
            rungs.Add(new HalvingRung(trials, rung));
            trials = Math.Max(1, trials / options.Eta);
        }
        return rungs;

        int Shorter(int of) => (of + options.Eta - 1) / options.Eta;
    }
}
