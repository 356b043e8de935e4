using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Tests;

/// <summary>The stored figures are figures of ONNX's operators: ONNX Runtime computes the same outputs.</summary>
public sealed class ReferenceCasesTests
{
    [Theory]
    [MemberData(nameof(ReferenceCases.NodeNames), MemberType = typeof(ReferenceCases))]
    public void ONNX_Runtime_computes_the_outputs_that_PyTorch_did(string name)
    {
        var reference = ReferenceCases.Node(name);
        using var session = SessionFactory.Create(reference.ToModel().ToBytes(), new SessionSettings { Threads = 1 });
        using var options = new RunOptions();
        var inputs = reference.GraphInputs.ToArray();
        var values = inputs.Select(i => OrtValue.CreateTensorValueFromMemory(i.Floats, i.Shape)).ToArray();
        using var results = session.Run(options, inputs.Select(i => i.Name).ToArray(), values, session.OutputNames);

        foreach (var (expected, actual) in reference.Outputs.Zip(results))
        {
            Assert.Equal(expected.Shape, actual.GetTensorTypeAndShape().Shape);
            if (expected.ElementType == ElementType.Int64) Assert.Equal(expected.Longs, actual.GetTensorDataAsSpan<long>().ToArray());
            else foreach (var (wanted, got) in expected.Floats.Zip(actual.GetTensorDataAsSpan<float>().ToArray()))
                Assert.InRange(Math.Abs(got - wanted), 0, 2e-5 * Math.Max(1, Math.Abs(wanted)));
        }
        foreach (var value in values) value.Dispose();
    }

    [Theory]
    [MemberData(nameof(ReferenceCases.NodeNames), MemberType = typeof(ReferenceCases))]
    public void A_gradient_has_its_inputs_shape_and_is_finite(string name)
    {
        var reference = ReferenceCases.Node(name);

        Assert.NotEmpty(reference.Gradients);
        Assert.Equal(reference.Outputs[0].Data.Length, reference.Cotangent.Length);
        foreach (var (input, gradient) in reference.Gradients)
        {
            Assert.Equal(reference.Input(input).Data.Length, gradient.Length);
            Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [MemberData(nameof(ReferenceCases.NetworkNames), MemberType = typeof(ReferenceCases))]
    public void A_network_loads_in_ONNX_Runtime_and_its_figures_have_its_weights_shapes(string name)
    {
        var reference = ReferenceCases.Network(name);
        using var session = SessionFactory.Create(reference.ToModel().ToBytes(), new SessionSettings { Threads = 1 });
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(reference.Input.Floats, reference.Input.Shape);
        using var results = session.Run(options, ["input"], [input], ["logits"]);

        Assert.Equal(reference.Logits.Shape, results[0].GetTensorTypeAndShape().Shape);
        Assert.All(reference.Gradients, g => Assert.Equal(reference.Initializer(g.Key).Data.Length, g.Value.Length));
        Assert.Equal(["sgd", "adam"], reference.Trained.Select(t => t.Optimizer));
        foreach (var training in reference.Trained)
        {
            Assert.Equal(reference.Initializers.Select(i => i.Name).Order(), training.Weights.Keys.Order());
            Assert.All(training.Weights, w => Assert.Equal(reference.Initializer(w.Key).Data.Length, w.Value.Length));
            Assert.Equal(reference.Loss, training.Losses[0], 1e-6f);
            Assert.True(training.Losses[^1] < training.Losses[0]);
        }
    }
}
