using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>
/// Makes a trained model deployable: the passes run; raw uint8 pixels or an encoded file go in as "image", or the columns of a table,
/// each under its own name; class probabilities come out as "probabilities", with labels and the best classes where they are wanted, or
/// a value as "prediction"; the batch is free (but for encoded files, one a run), and the model says what it is and where it came from.
/// </summary>
public static class Exporter
{
    public const string ProducerName = "OnnxPipeline";
    private const long OldestIrVersion = 8;

    /// <exception cref="ExportException">The model is of another kind, its classes are not the labels or its columns not those described, or ONNX Runtime does not run it.</exception>
    /// <exception cref="ModelFormatException">The graph is not well formed.</exception>
    public static ExportResult Export(Model trained, ExportSettings settings)
    {
        if (settings.Target is null) CheckLabels(settings.Labels);
        var optimized = PassPipeline.Deploy().Run(trained, settings.AdapterBase is null ? settings.Passes : settings.Passes with { KeepDefaults = true });
        // The model of passes that found nothing to do is the trained one itself.
        var model = optimized.Modified ? optimized.Model : trained.Clone();
        var signature = Signature.Read(model, regression: settings.Target is not null);

        SignatureRules.Check(model, signature, settings);
        SetInterface(model, signature, settings);
        var metadata = Describe(signature, settings);
        foreach (var (key, value) in metadata.ToEntries()) model.Metadata[key] = value;
        model.ProducerName = ProducerName;
        model.ProducerVersion = settings.ToolVersion ?? "";
        model.Description = Description.Of(metadata);
        Probe.Check(model, metadata);
        return new ExportResult(model, metadata, optimized.Reports);
    }

    private static void CheckLabels(IReadOnlyList<string> labels)
    {
        if (labels.Count == 0) throw new ExportException("There are no labels; expected one name for each class.");
        if (labels.FirstOrDefault(string.IsNullOrWhiteSpace) is not null) throw new ExportException("A label is empty; expected a name for each class.");
        if (labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new ExportException($"The label '{twice.Key}' names {twice.Count()} classes; labels must differ.");
    }

    private static void SetInterface(Model model, Signature signature, ExportSettings settings)
    {
        var names = new ValueNames(model.Graph);
        if (signature.Image is { } image) DeployedImage.Set(model, names, image, settings);
        else DeployedInputs.SetColumns(model, names, settings.Columns);
        DeployedOutputs.Set(model, names, signature, settings);
        // Recorded types may fix a batch that is free now.
        model.Graph.ValueInfos.Clear();
        model.IrVersion = Math.Max(model.IrVersion, OldestIrVersion);
    }

    private static DeployMetadata Describe(Signature signature, ExportSettings settings) => new()
    {
        Labels = settings.Target is null ? settings.Labels : [],
        Input = signature.Image is { } image ? image with { Name = Signature.ImageName, Layout = settings.Input ?? image.Layout } : null,
        Columns = signature.Image is null ? settings.Columns : [],
        TableFormat = signature.Image is null ? settings.TableFormat : null,
        Probabilities = Signature.ProbabilitiesName,
        Label = settings.Label ? Signature.LabelName : null,
        Top = settings.TopK is { } count ? new TopOutputs(count, Signature.TopProbabilitiesName, Signature.TopClassesName, Signature.TopLabelsName) : null,
        TestTimeAugmentation = settings.TestTimeAugmentation,
        Prediction = signature.Form == OutputForm.Value ? Signature.PredictionName : null,
        Target = settings.Target,
        Threshold = settings.Threshold,
        Dataset = settings.Dataset,
        DatasetHash = settings.DatasetHash,
        RecipeHash = settings.RecipeHash,
        ToolVersion = settings.ToolVersion,
        AdapterBase = settings.AdapterBase,
        Metrics = settings.Metrics,
    };
}
