using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Finds where a classifier's logits are, and the layer that makes them.</summary>
internal static class BundleHeads
{
    /// <summary>The logits: what goes into the Softmax that gives the probabilities, or the model's one output where there is none.</summary>
    /// <exception cref="TrainingException">The model gives no probabilities of classes by a Softmax, and no logits.</exception>
    public static string Logits(Model model, DeployMetadata? metadata)
    {
        var graph = model.Graph;
        if (metadata?.Prediction is { } prediction) throw new TrainingException($"The model predicts a value ('{prediction}'); a bundle is made of a model that tells classes apart.");
        if (metadata is null && graph.Outputs.Count != 1)
            throw new TrainingException($"The model has {graph.Outputs.Count} outputs ({string.Join(", ", graph.Outputs.Select(o => o.Name))}) and does not say which are the classes; leave it the logits or the probabilities alone.");
        var output = metadata?.Probabilities ?? graph.Outputs[0].Name;
        if (graph.Output(output) is null) throw new TrainingException($"The model's metadata names the output '{output}', which it does not have; it has {string.Join(", ", graph.Outputs.Select(o => o.Name))}.");
        var producer = new GraphTopology(graph).Producer(output);
        if (producer?.Is(Ops.Softmax) == true) return producer.Inputs[0];
        if (metadata is null) return output;
        throw new TrainingException($"The probabilities '{output}' come from {producer?.DisplayName ?? "no node"}, and not from a Softmax over logits; models of one logit and of averaged variants are not trained on devices.");
    }

    /// <summary>The product that makes the logits, Gemm or MatMul, with or without an Add of a bias.</summary>
    /// <exception cref="TrainingException">Another node makes them, or its weights are no initializer of its own.</exception>
    public static LinearHead Linear(Graph graph, string logits)
    {
        var topology = new GraphTopology(graph);
        var last = topology.Producer(logits);
        var add = last?.Is(Ops.Add) == true ? last : null;
        var product = add is null ? last : add.Inputs.Select(topology.Producer).FirstOrDefault(n => n?.Is(Ops.MatMul) == true);
        var bias = add is null ? product?.Is(Ops.Gemm) == true ? product.Input(2) : null : add.Inputs.First(i => i != product?.Outputs[0]);
        if (product is null || !(product.Is(Ops.Gemm) || product.Is(Ops.MatMul)))
            throw Unfit($"they come from {last?.DisplayName ?? "an input"} ({last?.OpType})");
        if (product.Float("alpha", 1) != 1 || product.Float("beta", 1) != 1) throw Unfit($"{product.DisplayName} scales its product (alpha, beta)");
        foreach (var name in new[] { product.Inputs[1], bias }.OfType<string>())
        {
            if (!graph.Initializers.Contains(name) || topology.Consumers(name).Count != 1 || topology.IsOutput(name)) throw Unfit($"'{name}' is no weight of that layer alone");
        }
        return new LinearHead(product, add, product.Inputs[1], bias, product.Is(Ops.Gemm) && product.Int("transB", 0) != 0 ? 0 : 1);
    }

    private static TrainingException Unfit(string why) => new($"No class can be added to the model: its logits must come from one linear layer (Gemm, or MatMul and Add), and {why}. Leave out the spare classes.");
}

/// <param name="Product">Gemm or MatMul.</param>
/// <param name="Add">The node that adds a MatMul's bias; null where there is none.</param>
/// <param name="Weight">The initializer of the weights, a matrix.</param>
/// <param name="Bias">That of the biases, one a class; null where there is none.</param>
/// <param name="Axis">The axis of the weights along which classes lie.</param>
internal sealed record LinearHead(Node Product, Node? Add, string Weight, string? Bias, int Axis);
