using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Gives a graph the outputs of a deployed model: probabilities of all classes, or a prediction.</summary>
internal static class DeployedOutputs
{
    /// <exception cref="ExportException">Logits are to be kept of a model that gives none.</exception>
    public static void Set(Graph graph, ValueNames names, Signature signature, ExportSettings settings)
    {
        var hasLogits = signature.Form is OutputForm.Logits or OutputForm.BinaryLogit;
        if (settings.KeepLogits && !hasLogits)
            throw new ExportException($"The model's output '{signature.Output}' is {(signature.Form == OutputForm.Value ? "a prediction" : "a Softmax's")}; it gives no logits to keep. Leave KeepLogits off.");

        names.Rename(signature.Output, hasLogits ? Signature.LogitsName : signature.DeployedOutput);
        if (hasLogits) names.Free(Signature.ProbabilitiesName);
        if (signature.Form == OutputForm.Logits) graph.Nodes.Add(new Node(Ops.Softmax, [Signature.LogitsName], [Signature.ProbabilitiesName], Signature.ProbabilitiesName).Set("axis", 1L));
        if (signature.Form == OutputForm.BinaryLogit) AddBothClasses(graph, names);

        graph.Outputs.Clear();
        graph.Outputs.Add(new Value(signature.DeployedOutput, ElementType.Float, Signature.BatchSymbol, signature.Form == OutputForm.Value ? 1 : settings.Labels.Count));
        if (settings.KeepLogits) graph.Outputs.Add(new Value(Signature.LogitsName, ElementType.Float, Signature.BatchSymbol, signature.Form == OutputForm.BinaryLogit ? 1 : settings.Labels.Count));
    }

    /// <summary>[σ(−x), σ(x)]: neither is the rounded rest of the other.</summary>
    private static void AddBothClasses(Graph graph, ValueNames names)
    {
        string Add(string op, string name, params string[] inputs)
        {
            var output = names.Fresh(name);
            graph.Nodes.Add(new Node(op, inputs, [output], output));
            return output;
        }
        var second = Add(Ops.Sigmoid, "probability.second", Signature.LogitsName);
        var first = Add(Ops.Sigmoid, "probability.first", Add(Ops.Neg, "logits.negated", Signature.LogitsName));
        graph.Nodes.Add(new Node(Ops.Concat, [first, second], [Signature.ProbabilitiesName], Signature.ProbabilitiesName).Set("axis", 1L));
    }
}
