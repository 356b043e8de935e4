using System.Text.Json;
using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Tests;

/// <summary>A whole network with PyTorch's figures for one batch: mean softmax cross-entropy, its gradients, and the weights after training on it.</summary>
/// <param name="Initializers">Weights, and BatchNormalization's running statistics; the latter have no gradient.</param>
/// <param name="Logits">The logits in training mode (BatchNormalization by the batch's statistics).</param>
/// <param name="Gradients">By weight, row-major.</param>
public sealed record ReferenceNetwork(
    string Name,
    IReadOnlyList<ReferenceNetworkNode> Nodes,
    IReadOnlyList<ReferenceTensor> Initializers,
    ReferenceTensor Input,
    ReferenceTensor Labels,
    ReferenceTensor Logits,
    float Loss,
    IReadOnlyDictionary<string, float[]> Gradients,
    IReadOnlyList<ReferenceTraining> Trained)
{
    public ReferenceTensor Initializer(string name) => Initializers.First(i => i.Name == name);

    public ReferenceTraining TrainedWith(string optimizer) => Trained.First(t => t.Optimizer == optimizer);

    /// <summary>The network as a model file has it: "input" with a symbolic batch to "logits", BatchNormalization in inference form.</summary>
    public Model ToModel()
    {
        var graph = new Graph(Name);
        graph.Inputs.Add(WithBatch(Input));
        graph.Outputs.Add(WithBatch(Logits));
        foreach (var tensor in Initializers) graph.Initializers.Add(tensor.ToInitializer());
        graph.Nodes.AddRange(Nodes.Select(n => ReferenceNode.Create(n.Op, Domains.Onnx, n.Attributes, n.Inputs, n.Outputs, n.Name)));
        return new Model(graph);
    }

    public override string ToString() => Name;

    private static Value WithBatch(ReferenceTensor tensor) => new(tensor.Name, new TensorType(tensor.ElementType, TensorShape.Of(tensor.Shape).With(0, "batch")));
}

public sealed record ReferenceNetworkNode(string Name, string Op, IReadOnlyDictionary<string, JsonElement> Attributes, string[] Inputs, string[] Outputs);

/// <summary>Training on the network's one batch: the loss before each step, and every weight and running statistic after the last.</summary>
/// <param name="Optimizer">"sgd" or "adam".</param>
/// <param name="Options">learning_rate and, by optimizer, momentum or beta1, beta2 and epsilon.</param>
public sealed record ReferenceTraining(string Optimizer, IReadOnlyDictionary<string, double> Options, int Steps, float[] Losses, IReadOnlyDictionary<string, float[]> Weights);
