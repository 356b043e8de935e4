using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Has layers do in training what they do in inference.</summary>
internal static class InferenceLayers
{
    /// <summary>Takes dropout out: on a device there are few samples and few steps, and a step must be the same wherever it is run.</summary>
    public static void DropDropout(Graph graph)
    {
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            if (node.Is(Ops.Dropout)) graph.Nodes[i] = new Node(Ops.Identity, [node.Inputs[0]], [node.Outputs[0]], node.Name);
        }
    }

    /// <summary>
    /// Writes BatchNormalization out with its running statistics: y = x·s + (β − μ·s), s = γ/√(σ² + ε), a factor and a term for each
    /// channel, axis 1. γ and β stay weights; where they are frozen ONNX Runtime computes both when it loads the graph.
    /// </summary>
    public static void FreezeBatchNorm(Model model)
    {
        var nodes = model.Graph.Nodes.ToArray();
        if (!nodes.Any(n => n.Is(Ops.BatchNormalization))) return;
        var types = Models.Shapes.ShapeInference.Infer(model);
        model.Graph.Nodes.Clear();
        var writer = new GraphWriter(model, nodes);
        foreach (var node in nodes)
        {
            if (!node.Is(Ops.BatchNormalization))
            {
                model.Graph.Nodes.Add(node);
                continue;
            }
            var rank = types[node.Inputs[0]].Shape?.Rank ?? throw new TrainingException($"Node '{node.DisplayName}': the rank of its input '{node.Inputs[0]}' is unknown, which freezing batch normalisation needs.");
            var deviation = writer.Op(Ops.Sqrt, writer.Op(Ops.Add, node.Inputs[4], writer.Constant(node.Float("epsilon", 1e-5f))));
            var scale = writer.Op(Ops.Div, node.Inputs[1], deviation);
            var shift = writer.Op(Ops.Sub, node.Inputs[2], writer.Op(Ops.Mul, node.Inputs[3], scale));
            var scaled = writer.Op(Ops.Mul, node.Inputs[0], FactoredGradients.PerChannel(writer, scale, rank));
            model.Graph.Nodes.Add(new Node(Ops.Add, [scaled, FactoredGradients.PerChannel(writer, shift, rank)], [node.Outputs[0]], node.Name));
        }
    }
}
