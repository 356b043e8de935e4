using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>Finds the logits of a model, whatever form it has, and makes them and chosen values its outputs.</summary>
internal static class TeacherGraph
{
    /// <summary>The value with the logits: the input of the Softmax or Sigmoid where the model gives probabilities, else its output.</summary>
    /// <exception cref="DistillException">The model has several outputs, and none is known to be the answer.</exception>
    public static string Logits(Model model, DeployMetadata? deployed, string name)
    {
        var graph = model.Graph;
        var topology = new GraphTopology(graph);
        // Deployed models made here have them inside, also where one logit gives both classes.
        if (deployed is not null && topology.Producer(Signature.LogitsName) is not null) return Signature.LogitsName;
        var output = graph.Outputs is [var only] ? only : graph.Output(Signature.LogitsName) ?? graph.Output(Signature.ProbabilitiesName)
            ?? throw new DistillException($"The teacher '{name}' has {graph.Outputs.Count} outputs ({string.Join("; ", graph.Outputs)}); expected one, the logits, or one of them named '{Signature.LogitsName}' or '{Signature.ProbabilitiesName}'.");
        return topology.Producer(output.Name) is { } producer && (producer.Is(Ops.Softmax) || producer.Is(Ops.Sigmoid)) ? producer.Inputs[0] : output.Name;
    }

    /// <summary>A copy with these outputs.</summary>
    /// <exception cref="DistillException">There is no such value.</exception>
    public static Model WithOutputs(Model model, string name, IEnumerable<string> values)
    {
        var copy = model.Clone();
        var made = copy.Graph.Nodes.SelectMany(n => n.Outputs).Concat(copy.Graph.Inputs.Select(i => i.Name)).ToHashSet();
        copy.Graph.Outputs.Clear();
        foreach (var value in values.Distinct())
        {
            if (!made.Contains(value)) throw new DistillException($"distill.features: the teacher '{name}' has no value '{value}'. It has: {ValueList.Text(model)}.");
            copy.Graph.Outputs.Add(new Value(value, new TensorType(ElementType.Float, null)));
        }
        return copy;
    }
}
