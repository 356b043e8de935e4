using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Makes trained models of a recipe deployable, and compares the two forms on samples that training never saw.</summary>
/// <param name="export">How.</param>
/// <param name="recipeHash">SHA-256 of what decides the model, for its metadata.</param>
/// <param name="dataset">What the models were trained on.</param>
/// <param name="datasetHash">SHA-256 of the dataset artifact.</param>
internal sealed class RecipeExporter(ExportOptions export, string recipeHash, Dataset dataset, string datasetHash)
{
    /// <summary>The test part, or the validation part where there is no other.</summary>
    /// <exception cref="ExportException">Neither has samples.</exception>
    public DatasetSplit HeldOut { get; } =
        dataset.Test.Count > 0 ? dataset.Test
        : dataset.Validation.Count > 0 ? dataset.Validation
        : throw new ExportException($"{dataset.Name} has neither test nor validation samples to verify the exported model on. Set data.validation above 0.");

    /// <summary>The samples to verify on.</summary>
    public HeldOutSamples Samples => HeldOutSamples.Of(dataset, HeldOut, export.Samples);

    /// <summary>What verification accepts of an exported model.</summary>
    public VerifyOptions Limits => new()
    {
        Tolerance = export.MaxAbsDiff,
        Scale = DatasetModel.ScaleOf(dataset),
    };

    /// <param name="trained">A model in training's form.</param>
    /// <param name="note">Told what was done to it.</param>
    /// <param name="adapterBase">Of a base with inputs for adapters, its fingerprint; null for any other model.</param>
    /// <exception cref="ExportException">The model cannot be exported so.</exception>
    public ExportResult Export(Model trained, Action<string> note, string? adapterBase = null)
    {
        var settings = new ExportSettings
        {
            Labels = dataset.Labels,
            Columns = dataset.Columns,
            TableFormat = dataset.TableFormat,
            Target = dataset.Target?.Name,
            Dataset = dataset.Name,
            DatasetHash = datasetHash,
            RecipeHash = recipeHash,
            ToolVersion = ToolVersion.Current,
            Input = export.Input,
            Label = export.Label,
            TopK = export.TopK,
            TestTimeAugmentation = export.TestTimeAugmentation,
            AdapterBase = adapterBase,
        };
        var exported = Exporter.Export(trained, settings);
        var reports = exported.Reports.Where(r => r.Rewrote.Count + r.Declined.Count > 0);
        note($"rewritten: {string.Join(", ", reports.Select(r => $"{r.Pass} {r.Rewrote.Count}{(r.Declined.Count > 0 ? $" (declined {r.Declined.Count})" : "")}"))}");
        // A threshold is chosen by the exported model's probabilities, and decides its label.
        return export.Threshold is { } rule ? Exporter.Export(trained, settings with { Threshold = Choose(rule, exported.Model, note) }) : exported;
    }

    /// <summary>Writes an exported model with the figures of its verification in its metadata.</summary>
    public static void Save(ExportResult exported, VerifyReport verification, string path)
    {
        var measured = exported.Metadata with { Metrics = Metrics(verification) };
        foreach (var (key, value) in measured.ToEntries()) exported.Model.Metadata[key] = value;
        exported.Model.Save(path);
    }

    private double Choose(ThresholdOptions rule, Model exported, Action<string> note)
    {
        if (dataset.Labels.Count != 2) throw new ExportException($"export.threshold is for two classes, and {dataset.Name} has {(dataset.Target is null ? $"{dataset.Labels.Count}" : "a value to predict")}. Leave it out.");
        var chosen = ThresholdChooser.Choose(exported, HeldOutSamples.Of(dataset, dataset.Validation), rule);
        note($"'{dataset.Labels[1]}' from a probability of {chosen.Threshold:0.####}: on the validation part {chosen.TruePositiveRate:P1} of them found, {chosen.FalsePositiveRate:P1} of the others taken for them");
        return chosen.Threshold;
    }

    private static Dictionary<string, double> Metrics(VerifyReport report)
    {
        var metrics = new Dictionary<string, double> { ["test.samples"] = report.Samples };
        if (report.DeployAccuracy is { } accuracy) metrics["test.accuracy"] = accuracy;
        if (report.DeployRmse is { } error) metrics["test.rmse"] = error;
        return metrics;
    }
}
