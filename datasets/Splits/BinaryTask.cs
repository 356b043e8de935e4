namespace OnnxPipeline.Datasets.Splits;

/// <summary>Turns classes into two, as <see cref="BinaryOptions"/> say.</summary>
internal static class BinaryTask
{
    /// <summary>The content with two classes.</summary>
    /// <exception cref="ArgumentException">The options do not fit the classes.</exception>
    public static DatasetContent Apply(DatasetContent content, BinaryOptions options)
    {
        var map = Map(content.Name, content.Labels, options);
        return content with
        {
            Labels = options.Names,
            Train = Apply(content.Train, map),
            Validation = content.Validation is { } validation ? Apply(validation, map) : null,
            Test = content.Test is { } test ? Apply(test, map) : null,
        };
    }

    /// <summary>For each of <paramref name="labels"/> the class, 0 or 1, that it becomes.</summary>
    /// <exception cref="ArgumentException">There are no classes, a name is none of theirs, or nothing is left for one of the two.</exception>
    public static long[] Map(string dataset, IReadOnlyList<string> labels, BinaryOptions options)
    {
        if (labels.Count == 0) throw new ArgumentException($"data.binary makes two classes of many, but '{dataset}' is a regression. Leave it out.");
        var unknown = options.Positive.Where(name => !labels.Contains(name)).ToArray();
        if (unknown.Length > 0) throw new ArgumentException($"data.binary.positive names {string.Join(", ", unknown.Select(n => $"'{n}'"))}; the classes of '{dataset}' are {string.Join(", ", labels)}.");
        var map = labels.Select(label => options.Positive.Contains(label) ? 1L : 0L).ToArray();
        if (!map.Contains(0)) throw new ArgumentException($"data.binary.positive names every class of '{dataset}' ({string.Join(", ", labels)}); leave at least one out.");
        return map;
    }

    private static SampleSet Apply(SampleSet samples, long[] map)
    {
        var labels = samples.Labels.ToArray();
        for (var i = 0; i < labels.Length; i++) labels[i] = map[labels[i]];
        return samples with { Labels = labels };
    }
}
