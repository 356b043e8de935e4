using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>
/// Makes labels wrong on purpose, to see what a model memorises. Source: Zhang, Bengio, Hardt, Recht and Vinyals,
/// "Understanding deep learning requires rethinking generalization", ICLR 2017.
/// </summary>
internal static class LabelCorruption
{
    /// <summary>Permutes the labels, then replaces a share of them, as the options ask; the features stay.</summary>
    /// <param name="samples">The training part, and no other.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">Their <see cref="DataOptions.ShuffleLabels"/> and <see cref="DataOptions.LabelNoise"/> count.</param>
    /// <param name="seed">Decides which labels, and what they become.</param>
    /// <exception cref="DatasetFormatException">There are fewer than two classes, so no label can be a wrong one.</exception>
    public static SampleSet Apply(SampleSet samples, int classes, DataOptions options, ulong seed)
    {
        if (!options.ShuffleLabels && options.LabelNoise == 0) return samples;
        if (classes < 2) throw new DatasetFormatException($"labelNoise and shuffleLabels need labels of two or more classes; dataset '{options.Dataset}' has {classes}. Leave them out.");
        var labels = samples.Labels.ToArray();
        if (options.ShuffleLabels) new CounterRandom(seed, RandomPurpose.Labels, 0).Shuffle(labels.AsSpan());
        if (options.LabelNoise > 0) Replace(labels, classes, options.LabelNoise, new CounterRandom(seed, RandomPurpose.Labels, 1));
        return samples with { Labels = labels };
    }

    /// <summary>Exactly round(share · n) labels, drawn without replacement, become another class, each of the others as likely.</summary>
    private static void Replace(long[] labels, int classes, double share, CounterRandom random)
    {
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        random.Shuffle(order.AsSpan());
        var count = (int)Math.Round(labels.Length * share, MidpointRounding.AwayFromZero);
        foreach (var i in order.AsSpan(0, count)) labels[i] = (labels[i] + 1 + random.Next(classes - 1)) % classes;
    }
}
