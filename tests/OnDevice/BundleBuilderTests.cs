using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class BundleBuilderTests
{
    [Theory]
    [InlineData(BatchNormTuning.Frozen)]
    [InlineData(BatchNormTuning.Train)]
    public void Graphs_are_of_standard_operators_alone(BatchNormTuning batchNorm)
    {
        var bundle = BundleBuilder.Build(Squares.Cnn(), new BundleOptions { BatchNorm = batchNorm, Accumulate = 2 });
        foreach (var file in bundle.Files.Keys.Where(name => name.EndsWith(".onnx", StringComparison.Ordinal)))
        {
            var model = Model.Parse(bundle.Files[file]);
            Assert.Equal([Domains.Onnx], model.Opsets.Keys);
            Assert.All(model.Graph.Nodes, node => Assert.Equal(Domains.Onnx, node.Domain));
        }
        Assert.Equal(["accumulate.onnx", "eval.onnx", "manifest.json", "model.onnx", "state.safetensors", "train_step.onnx"], bundle.Files.Keys.Order());
    }

    [Fact]
    public void What_is_not_trained_is_a_constant_and_has_no_state()
    {
        var model = Squares.Mlp();
        var names = Trainables.Of(model.Graph).Select(t => t.Name).ToArray();
        var bundle = BundleBuilder.Build(model, new BundleOptions { Train = [names[^1], names[^2]], Optimizer = new AdamWOptions() });
        Assert.Equal(names[^2..].Order(), bundle.Manifest.State.Where(t => t.Role == BundleRole.Weight).Select(t => t.Name).Order());
        Assert.Equal(4, bundle.Manifest.State.Count(t => t.Role == BundleRole.Optimizer));
        var graph = Model.Parse(bundle.Files["train_step.onnx"]).Graph;
        Assert.All(names[..^2], name => Assert.True(graph.Initializers.Contains(name)));
        Assert.All(names[^2..], name => Assert.False(graph.Initializers.Contains(name)));
    }

    [Fact]
    public void Frozen_batch_normalisation_trains_as_the_model_is_evaluated()
    {
        using var bundle = new BundleFolder(Squares.Cnn(dropout: 0.5), new BundleOptions { Optimizer = new SgdOptions { LearningRate = 0.05 } });
        Assert.DoesNotContain(bundle.Bundle.Manifest.State, t => t.Role == BundleRole.Statistic);
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(12);
        for (var step = 0; step < 5; step++)
        {
            var evaluated = trainer.Evaluate(batch);
            var trained = trainer.TrainStep(batch);
            Assert.Equal(evaluated.Loss, trained.Loss, 1e-5);
            Assert.Equal(evaluated.Correct, trained.Correct);
        }
    }

    [Fact]
    public void The_gradient_through_frozen_batch_normalisation_is_that_of_finite_differences()
    {
        const float rate = 0.01f;
        using var bundle = new BundleFolder(Squares.Cnn(), new BundleOptions { Optimizer = new SgdOptions { LearningRate = rate } });
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(8);
        var start = StateFile.Parse(trainer.GetState(), "start");
        trainer.TrainStep(batch);
        var after = StateFile.Parse(trainer.GetState(), "after");
        foreach (var index in Enumerable.Range(0, start.Tensors.Count).Where(i => start.ModelTensors.Contains(start.Tensors[i].Name)))
        {
            var (before, moved) = (start.Tensors[index].Data.Floats(), after.Tensors[index].Data.Floats());
            var gradient = before.Zip(moved, (b, m) => (b - m) / rate).ToArray();
            var at = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            double LossAt(float change)
            {
                var values = (float[])before.Clone();
                values[at] += change;
                trainer.SetState((start with { Tensors = [.. start.Tensors.Select((t, i) => i == index ? t with { Data = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray() } : t)] }).ToBytes());
                return trainer.Evaluate(batch).Loss;
            }
            const float step = 5e-4f;
            var numeric = (LossAt(step) - LossAt(-step)) / (2 * step);
            Assert.True(Math.Abs(numeric - gradient[at]) <= 0.05 * Math.Abs(gradient[at]) + 1e-3, $"{start.Tensors[index].Name}: {gradient[at]} and {numeric}");
        }
    }

    [Fact]
    public void An_archive_is_the_same_bytes_whenever_it_is_made_and_opens_as_the_folder_does()
    {
        using var bundle = new BundleFolder(Squares.Mlp());
        var (one, two) = (bundle.Beside("one.zip"), bundle.Beside("two.zip"));
        bundle.Bundle.Save(one);
        BundleBuilder.Build(Squares.Mlp(), new BundleOptions()).Save(two);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        using var fromFolder = bundle.Open();
        using var fromArchive = OnDeviceTrainer.Open(one);
        Assert.Equal(fromFolder.GetState(), fromArchive.GetState());
    }

    [Fact]
    public void Labels_are_the_models_or_given_or_numbers()
    {
        Assert.Equal(["0", "1", "2", "3"], BundleBuilder.Build(Squares.Mlp(), new BundleOptions()).Manifest.Classes);
        Assert.Equal(["a", "b", "c", "d"], BundleBuilder.Build(Squares.Mlp(), new BundleOptions(), ["a", "b", "c", "d"]).Manifest.Classes);
        var deployed = BundleBuilder.Build(Squares.Deployed(Squares.Mlp()), new BundleOptions()).Manifest;
        Assert.Equal(Squares.Labels, deployed.Classes);
        Assert.Equal(new ImageInput("image", 1, Squares.Side, Squares.Side), deployed.Image);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "pattern", "no parameter is named like 'nothing.*'" },
        { "labels", "3 labels for 4 classes" },
        { "twice", "The label 'a' names 2 classes" },
        { "optimizer", "SGD, Adam or AdamW" },
        { "accumulate", "expected batches a step, from 1" },
        { "encoded", "decodes image files itself" },
        { "written names", "class names that are written into the graph" },
        { "frozen head", "Spare classes are learnt in the last layer" },
        { "half", "float32" },
        { "own operator", "com.microsoft.Gelu" },
        { "value", "predicts a value" },
        { "opset", "operator set 13, and a bundle needs 16" },
        { "fixed batch", "--batch dynamic" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_trained_on_a_device_is_refused_with_the_reason(string what, string reason)
    {
        var (model, options) = what switch
        {
            "pattern" => (Squares.Mlp(), new BundleOptions { Train = ["nothing.*"] }),
            "labels" or "twice" => (Squares.Mlp(), new BundleOptions()),
            "optimizer" => (Squares.Mlp(), new BundleOptions { Optimizer = new MuonOptions() }),
            "accumulate" => (Squares.Mlp(), new BundleOptions { Accumulate = 0 }),
            "encoded" => (Squares.Deployed(Squares.Mlp(), new ExportSettings { Labels = Squares.Labels, Input = ImageLayout.Encoded }), new BundleOptions()),
            "written names" => (Squares.Deployed(Squares.Mlp(), new ExportSettings { Labels = Squares.Labels, Label = true }), new BundleOptions { SpareClasses = 1 }),
            "frozen head" => (Squares.Mlp(), new BundleOptions { Train = [Trainables.Of(Squares.Mlp().Graph)[0].Name], SpareClasses = 1 }),
            "half" => (Half(), new BundleOptions()),
            "opset" => (WithOpset(13), new BundleOptions()),
            "fixed batch" => (FixedBatch(), new BundleOptions()),
            "own operator" => (OwnOperator(), new BundleOptions()),
            _ => (Value(), new BundleOptions()),
        };
        string[]? labels = what switch { "labels" => ["a", "b", "c"], "twice" => ["a", "b", "c", "a"], _ => null };
        var error = Assert.Throws<TrainingException>(() => BundleBuilder.Build(model, options, labels));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static Model Half()
    {
        var model = Squares.Mlp();
        var weight = model.Graph.Initializers[Trainables.Of(model.Graph)[0].Name];
        var cast = new Node(Ops.Cast, [$"{weight.Name}.half"], [weight.Name]).Set("to", (long)ElementType.Float);
        model.Graph.Initializers.Remove(weight.Name);
        model.Graph.Initializers.Add(Initializer.Create<Half>($"{weight.Name}.half", [.. weight.Span<float>().ToArray().Select(w => (Half)w)], weight.Dims));
        model.Graph.Nodes.Insert(0, cast);
        return model;
    }

    private static Model OwnOperator()
    {
        var model = Squares.Mlp();
        foreach (var relu in model.Graph.Nodes.Where(n => n.Is(Ops.Relu))) (relu.OpType, relu.Domain) = (Ops.Gelu, Domains.Microsoft);
        model.Opsets[Domains.Microsoft] = 1;
        return model;
    }

    private static Model WithOpset(long opset)
    {
        var model = Squares.Mlp();
        model.Opsets[Domains.Onnx] = opset;
        return model;
    }

    private static Model FixedBatch()
    {
        var model = Squares.Mlp();
        model.Graph.Inputs[0] = new Value(model.Graph.Inputs[0].Name, ElementType.UInt8, 4, 1, Squares.Side, Squares.Side);
        return model;
    }

    private static Model Value()
    {
        var model = Squares.Deployed(Squares.Mlp());
        foreach (var (key, value) in (DeployMetadata.FromEntries(model.Metadata)! with { Labels = [], Prediction = "probabilities", Target = "price" }).ToEntries()) model.Metadata[key] = value;
        return model;
    }
}
