using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>What a model for a dataset takes and gives.</summary>
internal static class DatasetModel
{
    /// <summary>Quantiles of a larger training part are those of so many rows, spread evenly over it.</summary>
    private const int MostQuantileRows = 1 << 18;

    /// <summary>
    /// Images of the dataset's size, up to <paramref name="samples"/> of them, or its columns, with the quantiles that divide each into
    /// <paramref name="bins"/>; with their mean and deviation, by which the model prepares them.
    /// </summary>
    public static ModelInput InputOf(Dataset dataset, int samples = 0, int bins = 0)
    {
        // What has one value only has nothing to scale.
        float[] std = [.. dataset.Std.Select(s => s > 0 ? s : 1)];
        if (dataset.Columns.Count > 0)
            return new TableModelInput(dataset.Mean.Count, [.. dataset.Columns.Where(c => c.Kind == ColumnKind.Category).Select(c => c.Categories.Count + 1)]) { Mean = dataset.Mean, Std = std, Quantiles = QuantilesOf(dataset, bins) };
        var images = DatasetImages.Of(dataset.Train);
        var shape = images.ItemShape;
        return new ImageModelInput((int)shape[0], (int)shape[1], (int)shape[2]) { Mean = dataset.Mean, Std = std, Samples = images.Items(0, Math.Min(samples, images.Count)).ToArray() };
    }

    /// <summary>A logit for each class; one logit where the loss is that of two classes; or a value.</summary>
    /// <exception cref="TrainingException">The loss is not one for such data.</exception>
    public static ModelOutput OutputOf(Dataset dataset, LossOptions? loss)
    {
        CheckFit(dataset, loss);
        if (dataset.Target is { } target) return ModelOutput.Value(target.Mean, target.Std > 0 ? target.Std : 1);
        return loss is BinaryCrossEntropyOptions ? ModelOutput.Binary : ModelOutput.Classes(dataset.Labels.Count);
    }

    /// <summary>The loss to train with: the data's own where none is named, with the weights or the scale that follow from the training part.</summary>
    /// <exception cref="TrainingException">The loss is not one for such data.</exception>
    public static LossOptions LossOf(Dataset dataset, LossOptions? loss)
    {
        CheckFit(dataset, loss);
        return loss switch
        {
            null when dataset.Target is null => new CrossEntropyOptions(),
            null => new MeanSquaredOptions { Scale = ScaleOf(dataset) },
            CrossEntropyOptions { BalanceClasses: true } entropy => entropy with { ClassWeights = BalancedWeights(dataset) },
            BinaryCrossEntropyOptions { BalanceClasses: true } binary => binary with { ClassWeights = BalancedWeights(dataset) },
            RegressionLossOptions { Scale: null } regression => regression with { Scale = ScaleOf(dataset) },
            _ => loss,
        };
    }

    private static IReadOnlyList<IReadOnlyList<float>> QuantilesOf(Dataset dataset, int bins)
    {
        var columns = dataset.Mean.Count;
        if (bins == 0 || columns == 0) return [];
        var numbers = dataset.Train.Features.First(f => f.Name == TableFeatures.Numeric);
        var rows = Math.Min(dataset.Train.Count, MostQuantileRows);
        var values = new float[rows * columns];
        for (var row = 0; row < rows; row++)
            MemoryMarshal.Cast<byte, float>(numbers.Items((int)((long)row * dataset.Train.Count / rows), 1)).CopyTo(values.AsSpan(row * columns));
        return ColumnQuantiles.Of(values, columns, bins);
    }

    private static void CheckFit(Dataset dataset, LossOptions? loss)
    {
        var problem = loss switch
        {
            RegressionLossOptions when dataset.Target is null => $"train.loss is one of values, and {dataset.Name} has classes ({string.Join(", ", dataset.Labels.Take(5))}{(dataset.Labels.Count > 5 ? ", …" : "")}); use cross-entropy.",
            CrossEntropyOptions or BinaryCrossEntropyOptions when dataset.Target is { } target => $"train.loss is one of classes, and {dataset.Name} has values of '{target.Name}' to predict; use mean-squared or huber.",
            BinaryCrossEntropyOptions when dataset.Labels.Count != 2 => $"train.loss is binary-cross-entropy, and {dataset.Name} has {dataset.Labels.Count} classes; use cross-entropy, or make it a task of two classes.",
            _ => null,
        };
        if (problem is not null) throw new TrainingException(problem);
    }

    /// <summary>What a regression's differences are divided by: the standard deviation of its target; 1 for classes, and for a target that never varies.</summary>
    public static double ScaleOf(Dataset dataset) => dataset.Target is { Std: > 0 and var std } ? std : 1;

    /// <summary>samples / (classes · the class's samples); 1 for a class without any.</summary>
    private static double[] BalancedWeights(Dataset dataset)
    {
        var counts = new long[dataset.Labels.Count];
        foreach (var label in DatasetImages.LabelsOf(dataset.Train)) counts[label]++;
        return Array.ConvertAll(counts, count => count == 0 ? 1 : (double)dataset.Train.Count / (counts.Length * count));
    }
}
