using OnnxPipeline.Models;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Tests;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Every loss of the loop, computed by TorchSharp, beside PyTorch's own.</summary>
public sealed class LossParityTests
{
    [TorchTheory]
    [MemberData(nameof(ReferenceCases.LossNames), MemberType = typeof(ReferenceCases))]
    public void A_loss_and_its_gradient_are_PyTorchs(string name)
    {
        var reference = ReferenceCases.Loss(name);
        var options = reference.Options.ToOptions();
        if (options is DistillationLossOptions distillation) options = distillation with { SharesLabels = reference.Extras!.Any(e => e.Name == DistillationLossOptions.LabelShares) };
        var graph = TrainingGraph.BuildForward(Shift(reference.Output.Shape), options, reference.SecondLabels is not null, freeze: null);

        var torch = TorchRun.Values(graph.Model, Inputs(reference), [graph.Loss], graph.Loss, "w");

        Assert.Equal(reference.Loss, torch[graph.Loss][0], Math.Max(1e-5f, 1e-5f * Math.Abs(reference.Loss)));
        Closeness.Assert(reference.Gradient, torch["gradient/w"], 1e-4, $"{name}: gradient");
    }

    private static Dictionary<string, Initializer> Inputs(ReferenceLoss reference)
    {
        var inputs = new Dictionary<string, Initializer>
        {
            ["x"] = Initializer.Create<float>("x", reference.Output.Floats, reference.Output.Shape),
            ["w"] = Initializer.Zeros("w", ElementType.Float, reference.Output.Shape),
            [TrainingGraph.Labels] = reference.Labels.ToInitializer(),
        };
        if (reference.SecondLabels is { } second) inputs[TrainingGraph.SecondLabels] = second.ToInitializer();
        if (reference.LabelWeights is { } weights) inputs[TrainingGraph.LabelWeights] = weights.ToInitializer();
        foreach (var extra in reference.Extras ?? []) inputs[extra.Name] = extra.ToInitializer();
        return inputs;
    }

    /// <summary>y = x + w with weights w of 0: the gradient of w is the loss's with respect to its input.</summary>
    private static Model Shift(long[] shape)
    {
        var graph = new Graph("shift");
        graph.Inputs.Add(new Value("x", new TensorType(ElementType.Float, TensorShape.Of(shape))));
        graph.Outputs.Add(new Value("y", new TensorType(ElementType.Float, TensorShape.Of(shape))));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, shape));
        graph.Nodes.Add(new Node(Ops.Add, ["x", "w"], ["y"], "add"));
        return new Model(graph);
    }
}
