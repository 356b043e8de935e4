using OnnxPipeline.Export.Classifiers;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>
/// Makes a trained image classifier deployable: the passes run, raw uint8 pixels go in as "image", class probabilities come out as
/// "probabilities", the batch is free, and the model says what it is and where it came from.
/// </summary>
public static class Exporter
{
    public const string ProducerName = "OnnxPipeline";
    private const long OldestIrVersion = 8;

    /// <exception cref="ExportException">The model is no image classifier, its classes are not the labels, or ONNX Runtime does not run it.</exception>
    /// <exception cref="ModelFormatException">The graph is not well formed.</exception>
    public static ExportResult Export(Model trained, ExportSettings settings)
    {
        CheckLabels(settings.Labels);
        var optimized = PassPipeline.Deploy().Run(trained, settings.Passes);
        // The model of passes that found nothing to do is the trained one itself.
        var model = optimized.Modified ? optimized.Model : trained.Clone();
        var signature = Signature.Read(model);

        SetInterface(model, signature, settings);
        var metadata = Describe(model, signature.Image with { Name = Signature.ImageName }, settings);
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
        var graph = model.Graph;
        var image = signature.Image;
        long[] sizes = image.Layout == ImageLayout.Chw ? [image.Channels, image.Height, image.Width] : [image.Height, image.Width, image.Channels];
        var classes = settings.Labels.Count;

        var names = new ValueNames(graph);
        names.Rename(image.Name, Signature.ImageName);
        graph.Inputs.RemoveAll(i => i.Name == Signature.ImageName);
        graph.Inputs.Insert(0, new Value(Signature.ImageName, ElementType.UInt8, [Signature.BatchSymbol, .. sizes.Select(s => (Dimension)s)]));

        if (signature.GivesProbabilities)
        {
            if (settings.KeepLogits) throw new ExportException($"The model's output '{signature.Output}' is a Softmax's; it gives no logits to keep. Leave KeepLogits off.");
            names.Rename(signature.Output, Signature.ProbabilitiesName);
        }
        else
        {
            names.Rename(signature.Output, Signature.LogitsName);
            names.Free(Signature.ProbabilitiesName);
            graph.Nodes.Add(new Node(Ops.Softmax, [Signature.LogitsName], [Signature.ProbabilitiesName], Signature.ProbabilitiesName).Set("axis", 1L));
        }
        graph.Outputs.Clear();
        graph.Outputs.Add(new Value(Signature.ProbabilitiesName, ElementType.Float, Signature.BatchSymbol, classes));
        if (settings.KeepLogits) graph.Outputs.Add(new Value(Signature.LogitsName, ElementType.Float, Signature.BatchSymbol, classes));
        // Recorded types may fix a batch that is free now.
        graph.ValueInfos.Clear();
        model.IrVersion = Math.Max(model.IrVersion, OldestIrVersion);
    }

    private static DeployMetadata Describe(Model model, ImageInput image, ExportSettings settings)
    {
        var metadata = new DeployMetadata
        {
            Labels = settings.Labels,
            Input = image,
            Probabilities = Signature.ProbabilitiesName,
            Dataset = settings.Dataset,
            DatasetHash = settings.DatasetHash,
            RecipeHash = settings.RecipeHash,
            ToolVersion = settings.ToolVersion,
            Metrics = settings.Metrics,
        };
        foreach (var (key, value) in metadata.ToEntries()) model.Metadata[key] = value;
        model.ProducerName = ProducerName;
        model.ProducerVersion = settings.ToolVersion ?? "";
        model.Description = $"Image classifier of {settings.Labels.Count} classes{(settings.Dataset is { } dataset ? $", trained on {dataset}" : "")}. " +
            $"Input '{image.Name}': raw uint8 pixels, {(image.Channels == 1 ? "greyscale" : "RGB")} {image.Width}x{image.Height}, {image.Layout.ToString().ToUpperInvariant()}. " +
            $"Output '{metadata.Probabilities}': the probability of each class, in the order of the labels.";
        return metadata;
    }
}
