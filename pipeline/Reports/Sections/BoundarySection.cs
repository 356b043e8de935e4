using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What a classifier of two numbers answers all over the plane, with the samples of each part on it.</summary>
internal static class BoundarySection
{
    private const int Side = 48;
    private const int MostPoints = 500;
    private const int MostClasses = 10;
    private const double Margin = 0.08;

    public static Section Of(ReportedRun run) => Of(run.Dataset, run.Trained, run.Deployed.Threshold);

    /// <param name="dataset">Of two numbers a sample; any other has no such picture.</param>
    /// <param name="trained">The trained model, of logits.</param>
    /// <param name="threshold">Of two classes, the second is the answer from this probability on; null for the more probable class.</param>
    public static Section Of(Dataset dataset, Model trained, double? threshold)
    {
        DatasetSplit[] parts = [.. new[] { dataset.Train, dataset.Validation, dataset.Test }.Where(s => s.Count > 0)];
        if (dataset.Labels.Count is < 2 or > MostClasses || parts.Any(p => p.Features is not [{ Kind: DataKind.Float, ItemShape: [2] }])) return new Section("Decision boundary");

        var groups = UniqueNames.Of(dataset.Labels);
        string[] names = dataset.Columns.SelectMany(c => c.Numbers).ToArray() is [_, _] columns ? columns : ["first number", "second number"];
        var ground = Ground(trained, threshold, parts, groups);
        return new Section("Decision boundary", [.. parts.Select(part => new ScatterChart
        {
            Title = $"On {part.Name} samples",
            Caption = "The ground is what the model answers there, the paler the less sure.",
            X = new(names[0]),
            Y = new(names[1]),
            Groups = groups,
            Points = Points(part, groups),
            Ground = ground,
        })]);
    }

    private static List<ScatterPoint> Points(DatasetSplit part, IReadOnlyList<string> groups)
    {
        var values = ValuesOf(part);
        var truth = DatasetImages.LabelsOf(part).ToArray();
        var points = new List<ScatterPoint>();
        for (var i = 0; i < Math.Min(part.Count, MostPoints); i++) points.Add(new ScatterPoint(values[2 * i], values[2 * i + 1], groups[(int)truth[i]], $"{part.Name} sample {i}"));
        return points;
    }

    private static List<Tile> Ground(Model trained, double? threshold, DatasetSplit[] parts, IReadOnlyList<string> groups)
    {
        var (left, right) = Range(parts, 0);
        var (bottom, top) = Range(parts, 1);
        var (width, height) = ((right - left) / Side, (top - bottom) / Side);
        var middles = new float[2 * Side * Side];
        for (var i = 0; i < Side * Side; i++) (middles[2 * i], middles[2 * i + 1]) = ((float)(left + (i % Side + 0.5) * width), (float)(bottom + (i / Side + 0.5) * height));

        using var graph = new TrainedGraph(trained, trained.Graph.Outputs[0].Name);
        var logits = graph.Run(middles);
        var tiles = new List<Tile>();
        for (var i = 0; i < Side * Side; i++)
        {
            var (answer, strength) = Answer(logits, i, threshold);
            var (x, y) = (left + i % Side * width, bottom + i / Side * height);
            tiles.Add(new Tile(x, y, x + width, y + height, groups[answer], strength));
        }
        return tiles;
    }

    /// <summary>The class of a row of logits, and how far the model is from undecided, from 0 to 1. One logit is a binary classifier's.</summary>
    private static (int Answer, double Strength) Answer(double[,] logits, int row, double? threshold)
    {
        var classes = logits.GetLength(1);
        var probabilities = new double[Math.Max(2, classes)];
        if (classes == 1)
        {
            probabilities[1] = 1 / (1 + Math.Exp(-logits[row, 0]));
            probabilities[0] = 1 - probabilities[1];
        }
        else
        {
            for (var c = 0; c < classes; c++) probabilities[c] = logits[row, c];
            TensorPrimitives.SoftMax<double>(probabilities, probabilities);
        }
        var answer = probabilities.Length == 2 ? probabilities[1] >= (threshold ?? 0.5) ? 1 : 0 : TensorPrimitives.IndexOfMax<double>(probabilities);
        return (answer, Math.Clamp((probabilities[answer] - 1.0 / probabilities.Length) / (1 - 1.0 / probabilities.Length), 0.08, 1));
    }

    private static (double Low, double High) Range(DatasetSplit[] parts, int axis)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var part in parts)
        {
            var values = ValuesOf(part);
            for (var i = axis; i < values.Length; i += 2)
                if (float.IsFinite(values[i])) (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
        }
        if (!(low < high)) (low, high) = double.IsFinite(low) ? (low - 1, low + 1) : (-1, 1);
        var margin = Margin * (high - low);
        return (low - margin, high + margin);
    }

    private static ReadOnlySpan<float> ValuesOf(DatasetSplit part) => MemoryMarshal.Cast<byte, float>(part.Features[0].Items(0, part.Count));
}
