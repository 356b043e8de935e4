using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Tests.Losses;

public sealed class LossTests
{
    [Theory]
    [MemberData(nameof(ReferenceCases.LossNames), MemberType = typeof(ReferenceCases))]
    public void A_loss_and_its_gradient_are_PyTorchs(string name)
    {
        var reference = ReferenceCases.Loss(name);
        var options = reference.Options.ToOptions();
        if (options is DistillationLossOptions distillation) options = distillation with { SharesLabels = reference.Extras!.Any(e => e.Name == DistillationLossOptions.LabelShares) };
        var graph = TrainingGraph.Build(Shift(reference.Output.Shape), options, mixed: reference.SecondLabels is not null);

        var (loss, gradient) = Run(graph, reference);

        Assert.Equal(reference.Loss, loss, Math.Max(1e-5f, 1e-5f * Math.Abs(reference.Loss)));
        Assert.Equal(reference.Gradient.Length, gradient.Length);
        foreach (var (expected, actual) in reference.Gradient.Zip(gradient)) Assert.Equal(expected, actual, 1e-5f);
    }

    [Theory]
    [InlineData(3, "binary-cross-entropy", "one logit, and the model gives 3")]
    [InlineData(1, "cross-entropy", "at least 2, and the model gives 1")]
    [InlineData(2, "mean-squared", "one prediction a sample, and the model gives 2")]
    public void A_loss_that_does_not_fit_the_output_says_so(int width, string loss, string expected)
    {
        var error = Assert.Throws<TrainingException>(() => TrainingGraph.Build(Shift([4, width]), new ReferenceLossOptions(loss).ToOptions()));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5, 4, "alpha is 1.5")]
    [InlineData(-0.1, 4, "alpha is -0.1")]
    [InlineData(double.NaN, 4, "alpha is NaN")]
    [InlineData(0.5, 0, "temperature is 0")]
    [InlineData(0.5, double.PositiveInfinity, "a number above 0")]
    public void A_teachers_share_and_temperature_are_within_bounds(double alpha, double temperature, string expected)
    {
        var error = Assert.Throws<TrainingException>(() => TrainingGraph.Build(Shift([4, 3]), new DistillationLossOptions { Alpha = alpha, Temperature = temperature }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teachers_values_are_not_learnt()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingGraph.Build(Shift([4, 1]), new DistillationLossOptions { Labels = new HuberOptions() }));
        Assert.Contains("a loss of classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_weights_are_one_for_each_class()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingGraph.Build(Shift([4, 3]), new CrossEntropyOptions { ClassWeights = [1, 2] }));
        Assert.Contains("2 class weights for 3 classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_a_regression_cannot_be_mixed() =>
        Assert.Throws<TrainingException>(() => TrainingGraph.Build(Shift([4, 1]), new HuberOptions(), mixed: true));

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

    private static (float Loss, float[] Gradient) Run(TrainingGraph graph, ReferenceLoss reference)
    {
        var weights = reference.LabelWeights?.Floats ?? [];
        using var session = SessionFactory.Create(graph.Model.ToBytes(), new SessionSettings { Threads = 1 });
        using var options = new RunOptions();
        var inputs = new Dictionary<string, OrtValue>
        {
            ["x"] = OrtValue.CreateTensorValueFromMemory(reference.Output.Floats, reference.Output.Shape),
            ["w"] = OrtValue.CreateTensorValueFromMemory(new float[reference.Output.Data.Length], reference.Output.Shape),
            [TrainingGraph.LossGradient] = OrtValue.CreateTensorValueFromMemory(new float[] { 1 }, []),
            [TrainingGraph.Labels] = Tensor(reference.Labels),
        };
        if (reference.SecondLabels is { } second) inputs[TrainingGraph.SecondLabels] = Tensor(second);
        foreach (var extra in reference.Extras ?? []) inputs[extra.Name] = Tensor(extra);
        if (weights.Length > 0) inputs[TrainingGraph.LabelWeights] = OrtValue.CreateTensorValueFromMemory(weights, [weights.Length]);
        try
        {
            using var results = session.Run(options, inputs, [graph.Loss, graph.Parameters[0].Gradient]);
            return (results[0].GetTensorDataAsSpan<float>()[0], results[1].GetTensorDataAsSpan<float>().ToArray());
        }
        finally
        {
            foreach (var input in inputs.Values) input.Dispose();
        }
    }

    private static OrtValue Tensor(ReferenceTensor tensor) => tensor.ElementType == ElementType.Int64
        ? OrtValue.CreateTensorValueFromMemory(tensor.Longs, tensor.Shape)
        : OrtValue.CreateTensorValueFromMemory(tensor.Floats, tensor.Shape);
}
