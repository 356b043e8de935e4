using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>Gives a dataset its three parts, as the options ask for them.</summary>
internal static class Splitter
{
    /// <summary>Holds out the validation part where the dataset brings none of its own, then limits every part.</summary>
    public static DatasetContent Apply(DatasetContent content, DataOptions options, ulong seed)
    {
        var train = content.Train;
        var validation = content.Validation;
        if (validation is null)
        {
            var count = (int)Math.Round(train.Count * options.Validation, MidpointRounding.AwayFromZero);
            var (drawn, left) = Stratified.Draw(train.Labels.Span, count, label => new CounterRandom(seed, RandomPurpose.Split, (ulong)label), keepOne: true);
            (validation, train) = (train.Select(drawn), train.Select(left));
        }
        return content with
        {
            Train = Limit(train, 0),
            Validation = Limit(validation, 1),
            Test = content.Test is { } test ? Limit(test, 2) : null,
        };

        SampleSet Limit(SampleSet samples, ulong part)
        {
            if (options.Limit is not { } limit || limit >= samples.Count) return samples;
            return samples.Select(Stratified.Draw(samples.Labels.Span, limit, label => new CounterRandom(seed, RandomPurpose.Sampling, (ulong)label, part)).Drawn);
        }
    }
}
