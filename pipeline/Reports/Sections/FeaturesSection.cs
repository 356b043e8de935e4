using MathNet.Numerics.LinearAlgebra;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What the last layer is given, sample by sample, laid out in the plane.</summary>
internal static class FeaturesSection
{
    private const int MostSamples = 400;
    private const int MostClasses = 10;

    /// <summary>t-SNE is given this many principal components, as in its paper.</summary>
    private const int Components = 30;

    private const double Perplexity = 30;
    private const int Steps = 400;

    public static Section Of(ReportedRun run)
    {
        if (run.Measured is not var (split, _) || split.Count < 10 || TrainedGraph.Penultimate(run.Trained) is not { } value) return new Section("Features");
        int[] samples = Sample(split.Count);
        using var graph = new TrainedGraph(run.Trained, value);
        var features = Matrix<double>.Build.DenseOfArray(graph.Run(split, samples));
        if (features.ColumnCount < 2 || features.Enumerate().Any(v => !double.IsFinite(v))) return new Section("Features");

        var (scores, shares) = PrincipalComponents.Of(features, Components, seed: 0);
        var tsne = new Tsne(scores.ToArray(), Perplexity, seed: 0);
        tsne.Run(Steps);

        var names = UniqueNames.Of(run.Dataset.Labels.Take(MostClasses));
        string[] groups = run.Dataset.Labels.Count > MostClasses ? [.. names, "others"] : [.. names];
        var truth = DatasetImages.LabelsOf(split).ToArray();
        ScatterChart Chart(string title, string caption, Axis x, Axis y, Func<int, (double X, double Y)> place) => new()
        {
            Title = title,
            Caption = caption,
            X = x,
            Y = y,
            Groups = groups,
            Points = [.. samples.Select((sample, i) => new ScatterPoint(place(i).X, place(i).Y, groups[Math.Min((int)truth[sample], groups.Length - 1)], $"{split.Name} sample {sample}"))],
        };
        return new Section("Features before the last layer",
            Chart("Principal components", $"The {features.ColumnCount} numbers that the last layer is given for each of {samples.Length} {split.Name} samples, in the two directions in which they vary most.",
                new($"first component, {Show.Percent(shares[0])} of the variance"), new($"second component, {Show.Percent(shares[1])}"), i => (scores[i, 0], scores[i, 1])),
            Chart("t-SNE", "The same, laid out so that near samples stay near. Distances between groups mean little.",
                new("t-SNE 1"), new("t-SNE 2"), i => (tsne.Layout[2 * i], tsne.Layout[2 * i + 1])));
    }

    /// <summary>Some of so many samples, the same ones each time, in order.</summary>
    private static int[] Sample(int count)
    {
        int[] samples = [.. Enumerable.Range(0, count)];
        if (count <= MostSamples) return samples;
        new CounterRandom(0, RandomPurpose.Sampling).Shuffle<int>(samples);
        Array.Sort(samples, 0, MostSamples);
        return samples[..MostSamples];
    }
}
