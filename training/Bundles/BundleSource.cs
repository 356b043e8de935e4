using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>A model of which a bundle is made, looked at and with the spare classes it is to have.</summary>
/// <param name="Model">The model to deploy.</param>
/// <param name="Logits">The part of it that is trained; dropout is taken out.</param>
/// <param name="Metadata">What the model says of itself; null where it says nothing.</param>
/// <param name="Classes">Names of the classes it knows.</param>
/// <param name="Head">The last layer, where there are spare classes.</param>
internal sealed record BundleSource(Model Model, Model Logits, DeployMetadata? Metadata, IReadOnlyList<string> Classes, BundleHead? Head)
{
    private const int MostSpareClasses = 1000;

    /// <summary>Gradients add into elements (ScatterElements), and batch normalisation gives its statistics out, since then.</summary>
    private const int OldestOpset = 16;

    /// <exception cref="TrainingException">The model is of a kind that a device does not train, or an option does not fit it.</exception>
    public static BundleSource Of(Model source, BundleOptions options, IReadOnlyList<string>? labels)
    {
        Check(options);
        if (source.Opsets.TryGetValue(Domains.Onnx, out var opset) && opset < OldestOpset)
            throw new TrainingException($"The model uses operator set {opset}, and a bundle needs {OldestOpset} or later; 'pipeline optimize --opset {Model.CurrentOpset}' converts it.");
        var model = source.Clone();
        var metadata = DeployMetadata.FromEntries(model.Metadata);
        var logits = BundleHeads.Logits(model, metadata);
        var classes = (int)ModelHead.Of(LogitsModel.Of(model, logits, null)).Width;
        if (options.SpareClasses > 0) RequireFreeNames(metadata);
        var head = options.SpareClasses > 0 ? SpareClasses.Add(model, logits, classes, options.SpareClasses) : null;
        var trained = LogitsModel.Of(model, logits, classes + options.SpareClasses);
        RequireNumbers(trained.Graph, metadata);
        DropDropout(trained.Graph);
        return new BundleSource(model, trained, metadata, Labels(metadata, labels, classes), head);
    }

    private static void Check(BundleOptions options)
    {
        if (options.Optimizer is not (SgdOptions or AdamOptions)) throw new TrainingException($"A bundle trains by SGD, Adam or AdamW, not by {options.Optimizer.GetType().Name}.");
        if (options.Accumulate < 1) throw new TrainingException($"{nameof(options.Accumulate)} is {options.Accumulate}; expected batches a step, from 1.");
        if (options.SpareClasses is < 0 or > MostSpareClasses) throw new TrainingException($"{nameof(options.SpareClasses)} is {options.SpareClasses}; expected 0 to {MostSpareClasses}.");
    }

    private static IReadOnlyList<string> Labels(DeployMetadata? metadata, IReadOnlyList<string>? given, int classes)
    {
        var labels = given ?? metadata?.Labels ?? [.. Enumerable.Range(0, classes).Select(c => $"{c}")];
        if (labels.Count != classes) throw new TrainingException($"There are {labels.Count} labels for {classes} classes; expected one for each.");
        if (labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new TrainingException($"The label '{twice.Key}' names {twice.Count()} classes; labels must differ.");
        return labels;
    }

    private static void RequireNumbers(Graph graph, DeployMetadata? metadata)
    {
        if (metadata?.Input?.Layout == ImageLayout.Encoded) throw new TrainingException("The model decodes image files itself, one a run; export it with raw pixels (export.input: chw) for a bundle.");
        var bad = graph.RequiredInputs.Where(i => i.Type is not { Shape: { Rank: >= 1 } shape } type || TypeOf(type.Element) is null || shape.Skip(1).Any(d => d.Size is null)).ToArray();
        if (bad.Length > 0) throw new TrainingException($"A bundle's inputs are numbers with the batch as first axis and known sizes besides; the model takes {string.Join(", ", bad.Select(i => i.ToString()))}.");
        var fixedBatch = graph.RequiredInputs.FirstOrDefault(i => i.Type!.Value.Shape![0].Size is not null);
        if (fixedBatch is not null) throw new TrainingException($"The model takes a batch of {fixedBatch.Type!.Value.Shape![0]} alone ('{fixedBatch.Name}'); 'pipeline optimize --batch dynamic' frees it.");
    }

    /// <summary>Takes dropout out: on a device there are few samples and few steps, and a step must be the same wherever it is run.</summary>
    private static void DropDropout(Graph graph)
    {
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            if (node.Is(Ops.Dropout)) graph.Nodes[i] = new Node(Ops.Identity, [node.Inputs[0]], [node.Outputs[0]], node.Name);
        }
    }

    private static void RequireFreeNames(DeployMetadata? metadata)
    {
        string? written = metadata switch
        {
            { Label: { } label } => $"its output '{label}' gives class names that are written into the graph",
            { Top: { } top } => $"its output '{top.Labels}' gives class names that are written into the graph",
            { Threshold: not null } => "a threshold decides between two classes",
            _ => null,
        };
        if (written is not null) throw new TrainingException($"No class can be added to the model: {written}. Export it without (export.label, export.topK, export.threshold), or leave out the spare classes.");
    }

    /// <summary>The type as a bundle names it; null for one that it has no name for.</summary>
    public static string? TypeOf(ElementType type) => type switch
    {
        ElementType.Float => BundleTypes.Float32,
        ElementType.Int64 => BundleTypes.Int64,
        ElementType.UInt8 => BundleTypes.UInt8,
        ElementType.Int32 => BundleTypes.Int32,
        _ => null,
    };
}
