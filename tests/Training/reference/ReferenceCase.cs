using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Tests;

/// <summary>
/// One ONNX node with PyTorch's figures. The loss is sum(first output · cotangent); <see cref="Gradients"/> holds its gradient,
/// row-major in the input's shape, for each input that has one. Inputs keep clear of kinks and ties.
/// </summary>
/// <param name="Initializers">The float inputs that are initializers of the graph.</param>
/// <param name="Extras">Figures beside the node's outputs; for BatchNormalization batch_mean, batch_variance (population) and pytorch_running_var (unbiased).</param>
public sealed record ReferenceCase(
    string Name,
    string Op,
    string Domain,
    long Opset,
    IReadOnlyDictionary<string, JsonElement> Attributes,
    IReadOnlyList<ReferenceTensor> Inputs,
    IReadOnlyList<ReferenceTensor> Outputs,
    float[] Cotangent,
    IReadOnlyDictionary<string, float[]> Gradients,
    IReadOnlyList<ReferenceTensor>? Extras = null,
    IReadOnlyList<string>? Initializers = null)
{
    /// <summary>The inputs that are inputs of the graph too: floats, but for those that are to be known beforehand. One without a name is left out of the node.</summary>
    public IEnumerable<ReferenceTensor> GraphInputs => Inputs.Where(i => i.ElementType == ElementType.Float && i.Name.Length > 0 && Initializers?.Contains(i.Name) != true);

    public ReferenceTensor Input(string name) => Inputs.First(input => input.Name == name);

    public ReferenceTensor Output(string name) => Outputs.First(output => output.Name == name);

    public ReferenceTensor Extra(string name) => Extras!.First(extra => extra.Name == name);

    /// <summary>The node alone, its values named as in the file.</summary>
    public Node ToNode() => ReferenceNode.Create(Op, Domain, Attributes, Inputs.Select(i => i.Name), Outputs.Select(o => o.Name), Name);

    /// <summary>A graph of the node: what is no input of it (axes, a shape, labels, a condition) is an initializer.</summary>
    public Model ToModel()
    {
        var graph = new Graph(Name);
        graph.Inputs.AddRange(GraphInputs.Select(i => i.ToValue()));
        foreach (var input in Inputs.Except(GraphInputs).Where(i => i.Name.Length > 0)) graph.Initializers.Add(input.ToInitializer());
        graph.Nodes.Add(ToNode());
        graph.Outputs.AddRange(Outputs.Select(output => output.ToValue()));
        var model = new Model(graph, Opset);
        if (Domain.Length > 0) model.Opsets[Domain] = 1;
        return model;
    }

    public override string ToString() => Name;
}

/// <summary>A loss with PyTorch's figures: summed over the batch, its gradient row-major in the output's shape.</summary>
public sealed record ReferenceLoss(
    string Name,
    ReferenceLossOptions Options,
    ReferenceTensor Output,
    ReferenceTensor Labels,
    float Loss,
    float[] Gradient,
    ReferenceTensor? SecondLabels = null,
    ReferenceTensor? LabelWeights = null,
    IReadOnlyList<ReferenceTensor>? Extras = null)
{
    public override string ToString() => Name;
}

/// <summary>The options of any loss; a loss reads its own.</summary>
public sealed record ReferenceLossOptions(string Name, double LabelSmoothing = 0, double[]? ClassWeights = null, double Scale = 1, double Delta = 1, string Labels = "cross-entropy", double Alpha = 0, double Temperature = 1, double FeatureWeight = 0)
{
    public LossOptions ToOptions() => Name switch
    {
        "cross-entropy" => new CrossEntropyOptions { LabelSmoothing = LabelSmoothing, ClassWeights = ClassWeights ?? [] },
        "binary-cross-entropy" => new BinaryCrossEntropyOptions { ClassWeights = ClassWeights ?? [] },
        "mean-squared" => new MeanSquaredOptions { Scale = Scale },
        "huber" => new HuberOptions { Scale = Scale, Delta = Delta },
        "distillation" => new DistillationLossOptions
        {
            Labels = (this with { Name = Labels }).ToOptions(),
            Alpha = Alpha,
            Temperature = Temperature,
            Features = FeatureWeight > 0 ? [new FeaturePair("y", "teacher.feature", [4], FeatureWeight)] : [],
        },
        _ => throw new InvalidDataException($"No loss is named '{Name}'."),
    };
}
