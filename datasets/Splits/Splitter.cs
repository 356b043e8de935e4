using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>Gives a dataset its three parts, as the options ask for them.</summary>
internal static class Splitter
{
    /// <summary>
    /// The test part of a dataset that is published as one, stratified by class. It is the same whatever the seed of a run:
    /// figures of several seeds stay comparable, and no model is tested on what another seed let it learn.
    /// </summary>
    public static (SampleSet Test, SampleSet Train) HoldOutTest(SampleSet samples, double share) =>
        HoldOut(samples, Count(samples, share), label => new CounterRandom(0, RandomPurpose.Split, label, 1));

    /// <summary>Holds out the validation part where the dataset brings none of its own, limits every part, and then makes training labels wrong where that is asked for.</summary>
    public static DatasetContent Apply(DatasetContent content, DataOptions options, ulong seed)
    {
        var train = content.Train;
        var validation = content.Validation;
        if (validation is null)
        {
            (validation, train) = HoldOut(train, Count(train, options.Validation), label => new CounterRandom(seed, RandomPurpose.Split, label));
        }
        return content with
        {
            Train = LabelCorruption.Apply(Limit(train, options.LimitOfTraining, 0), content.Labels.Count, options, seed),
            Validation = Limit(validation, options.Limit, 1),
            Test = content.Test is { } test ? Limit(test, options.Limit, 2) : null,
        };

        SampleSet Limit(SampleSet samples, int? most, ulong part)
        {
            if (most is not { } limit || limit >= samples.Count) return samples;
            return samples.Select(Stratified.Draw(samples.Strata, limit, label => new CounterRandom(seed, RandomPurpose.Sampling, (ulong)label, part)).Drawn);
        }
    }

    private static int Count(SampleSet samples, double share) => (int)Math.Round(samples.Count * share, MidpointRounding.AwayFromZero);

    private static (SampleSet Drawn, SampleSet Left) HoldOut(SampleSet samples, int count, Func<ulong, CounterRandom> stream)
    {
        var (drawn, left) = Stratified.Draw(samples.Strata, count, label => stream((ulong)label), keepOne: true);
        return (samples.Select(drawn), samples.Select(left));
    }
}
