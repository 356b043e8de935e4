using OnnxPipeline.Models;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;
using OnnxPipeline.Training.Tests;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Every op of the "torch" engine beside PyTorch's stored figures and beside the "ort" engine's gradients.</summary>
public sealed class NodeParityTests
{
    private const string Loss = "test.loss";

    [TorchTheory]
    [MemberData(nameof(ReferenceCases.NodeNames), MemberType = typeof(ReferenceCases))]
    public void An_op_gives_PyTorchs_outputs_and_gradients(string name)
    {
        var reference = ReferenceCases.Node(name);
        var torch = Run(reference);

        if (!reference.Op.Equals(Ops.BatchNormalization, StringComparison.Ordinal))
            Closeness.Assert(reference.Outputs[0].Floats, torch[reference.Outputs[0].Name], 1e-4, $"{name}: output");
        foreach (var (input, expected) in reference.Gradients) Closeness.Assert(expected, torch[$"gradient/{input}"], 1e-4, $"{name}: gradient of '{input}'");
    }

    [TorchTheory]
    [MemberData(nameof(ReferenceCases.NodeNames), MemberType = typeof(ReferenceCases))]
    [MemberData(nameof(OwnCases.Names), MemberType = typeof(OwnCases))]
    public void An_op_gives_the_gradients_of_the_ort_engine(string name)
    {
        var reference = OwnCases.All.FirstOrDefault(c => c.Name == name) ?? ReferenceCases.Node(name);
        using var node = new NodeGradients(reference);
        var torch = Run(reference);
        foreach (var (input, expected) in node.Gradients()) Closeness.Assert(expected, torch[$"gradient/{input}"], 1e-4, $"{name}: gradient of '{input}'");
    }

    [TorchFact]
    public void Every_op_with_a_gradient_rule_has_a_translation() => Assert.Empty(GradientRules.Known.Except(TorchRun.KnownOps));

    /// <summary>The case as a loss, Σ output · cotangent, in training mode.</summary>
    private static IReadOnlyDictionary<string, float[]> Run(ReferenceCase reference)
    {
        var model = reference.ToModel();
        var graph = model.Graph;
        graph.Outputs.Clear();
        RecurrentLowering.Apply(model);
        BatchNormLowering.Apply(model, new HashSet<string>());
        var writer = new GraphWriter(model);
        var cotangent = writer.Shared(Initializer.Create<float>("", reference.Cotangent, reference.Outputs[0].Shape));
        graph.Nodes.Add(new Node(Ops.ReduceSum, [writer.Op(Ops.Mul, reference.Outputs[0].Name, cotangent)], [Loss]).Set("keepdims", 0));
        return TorchRun.Values(model, reference.GraphInputs.ToDictionary(i => i.Name, i => i.ToInitializer()), [reference.Outputs[0].Name], Loss, [.. reference.Gradients.Keys]);
    }
}
