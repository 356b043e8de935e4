using OnnxPipeline.Models;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class SpareClassTests
{
    private static readonly BundleOptions Options = new() { Optimizer = new AdamWOptions { LearningRate = 0.01, WeightDecay = 0.1 }, SpareClasses = 2 };

    [Fact]
    public void A_class_that_nobody_named_has_no_probability_and_does_not_move()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Options);
        using var trainer = bundle.Open();
        var head = bundle.Bundle.Manifest.Head!;
        using var batch = trainer.Batch(16);
        for (var i = 0; i < 30; i++) trainer.TrainStep(batch);
        var probabilities = trainer.Predict(batch).ToArray();
        Assert.All(probabilities.Chunk(6), row => Assert.Equal((0f, 0f), (row[4], row[5])));
        Assert.Equal([-1e4f, -1e4f], BundleFolder.Tensor(trainer, head.Bias)[4..]);
        Assert.All(BundleFolder.Tensor(trainer, head.Weight)[^(2 * 12)..], weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void A_class_taken_into_use_is_never_the_answer_before_it_is_taught()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Options);
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(40, classes: 5);
        var before = Answers(trainer.Predict(batch));
        Assert.Equal(4, trainer.AddClass("middle"));
        Assert.Equal(before, Answers(trainer.Predict(batch)));
    }

    [Fact]
    public void A_new_class_is_learnt_and_the_old_ones_are_kept()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Options);
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(20);
        for (var i = 0; i < 60; i++) trainer.TrainStep(batch);
        using var held = trainer.Batch(50, classes: 5, seed: 77);
        trainer.AddClass("middle");
        var before = trainer.Evaluate(held);
        using var more = trainer.Batch(20, classes: 5);
        for (var i = 0; i < 60; i++) trainer.TrainStep(more);
        var after = trainer.Evaluate(held);
        Assert.Equal(0.8, before.Accuracy, 0.05);
        Assert.True(after.Accuracy >= 0.95, $"{after.Accuracy}");
    }

    [Fact]
    public void Names_must_be_new_and_classes_few_enough()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Options);
        using var trainer = bundle.Open();
        Assert.Throws<ArgumentException>(() => trainer.AddClass("0"));
        Assert.Throws<ArgumentException>(() => trainer.AddClass(" "));
        trainer.AddClass("one");
        trainer.AddClass("two");
        var error = Assert.Throws<InvalidOperationException>(() => trainer.AddClass("three"));
        Assert.Contains("--spare-classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_of_a_class_that_is_not_in_use_is_refused()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Options);
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(5, classes: 5);
        Assert.Contains("A label is 4; expected a class from 0 to 3", Assert.Throws<ArgumentException>(() => trainer.TrainStep(batch)).Message, StringComparison.Ordinal);
        batch.Labels[4] = -1;
        Assert.Throws<ArgumentException>(() => trainer.Evaluate(batch));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_head_of_MatMul_gets_its_bias_with_the_first_spare_class(bool withAdd)
    {
        var model = Squares.Mlp();
        var gemm = model.Graph.Nodes.Last(n => n.Is(Ops.Gemm));
        var at = model.Graph.Nodes.IndexOf(gemm);
        var weight = model.Graph.Initializers[gemm.Inputs[1]];
        var transposed = new float[weight.ElementCount];
        for (var row = 0; row < weight.Dims[0]; row++)
        {
            for (var column = 0; column < weight.Dims[1]; column++) transposed[column * weight.Dims[0] + row] = weight.Span<float>()[(int)(row * weight.Dims[1] + column)];
        }
        var (dims, output) = (weight.Dims.Reverse().ToArray(), gemm.Outputs[0]);
        model.Graph.Initializers.Remove(weight.Name);
        model.Graph.Initializers.Add(Initializer.Create<float>("turned", transposed, dims));
        model.Graph.Nodes[at] = new Node(Ops.MatMul, [gemm.Inputs[0], "turned"], [withAdd ? "product" : output], "head");
        if (withAdd) model.Graph.Nodes.Insert(at + 1, new Node(Ops.Add, ["product", gemm.Inputs[2]], [output], "bias"));
        else model.Graph.Initializers.Remove(gemm.Inputs[2]);

        using var bundle = new BundleFolder(model, Options);
        Assert.Equal(1, bundle.Bundle.Manifest.Head!.Axis);
        using var trainer = bundle.Open();
        trainer.AddClass("middle");
        using var batch = trainer.Batch(25, classes: 5);
        for (var i = 0; i < 80; i++) trainer.TrainStep(batch);
        Assert.Equal(1, trainer.Evaluate(batch).Accuracy);
        Assert.All(trainer.Predict(batch).ToArray().Chunk(6), row => Assert.Equal(0, row[5]));
    }

    [Fact]
    public void Spare_classes_need_a_linear_head()
    {
        var model = Squares.Mlp();
        var output = model.Graph.Outputs[0].Name;
        model.Graph.Nodes.Single(n => n.Outputs.Contains(output)).Outputs[0] = "before";
        model.Graph.Nodes.Add(new Node(Ops.Tanh, ["before"], [output], "squash"));
        var error = Assert.Throws<TrainingException>(() => BundleBuilder.Build(model, Options));
        Assert.Contains("they come from squash (Tanh)", error.Message, StringComparison.Ordinal);
    }

    private static int[] Answers(ReadOnlySpan<float> probabilities) => [.. probabilities.ToArray().Chunk(6).Select(row => Array.IndexOf(row, row.Max()))];
}
