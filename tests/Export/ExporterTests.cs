using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Tests;

public sealed class ExporterTests
{
    private static readonly ExportSettings Settings = new()
    {
        Labels = TestClassifier.Labels,
        Dataset = "animals",
        DatasetHash = "d1",
        RecipeHash = "r1",
        ToolVersion = "0.1.0",
        Metrics = new Dictionary<string, double> { ["test.accuracy"] = 0.5 },
    };

    [Fact]
    public void A_trained_model_becomes_a_deployable_one_with_fewer_nodes()
    {
        var trained = TestClassifier.Cnn();
        var before = trained.ToBytes();
        var result = Exporter.Export(trained, Settings);

        Assert.Equal(before, trained.ToBytes());
        Assert.Equal(["Cast", "Sub", "Conv", "Relu", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Softmax"], result.Model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal("image: UInt8[batch,3,8,8]", Assert.Single(result.Model.Graph.Inputs).ToString());
        Assert.Equal("probabilities: Float[batch,4]", Assert.Single(result.Model.Graph.Outputs).ToString());
        Assert.Equal(Model.CurrentOpset, result.Model.Opsets[Domains.Onnx]);
        Assert.Equal(PassPipeline.Deploy().Passes.Select(p => p.Name), result.Reports.Select(r => r.Pass));
    }

    [Theory]
    [InlineData("mlp", false)]
    [InlineData("mlp", true)]
    [InlineData("cnn", true)]
    public void Every_model_of_the_registry_exports_without_a_trace_of_training(string name, bool batchNorm)
    {
        ModelOptions options = name == "mlp" ? new MlpOptions { BatchNorm = batchNorm, Dropout = 0.2 } : new CnnOptions { Channels = [[8], [8]], BatchNorm = batchNorm, Dropout = 0.2, Hidden = 16 };
        var input = new ImageModelInput(3, 8, 8) { Mean = [0.4f, 0.5f, 0.6f], Std = [0.2f, 0.25f, 0.3f] };
        var trained = ModelRegistry.Build(options, input, TestClassifier.Classes, seed: 3);
        var deploy = Exporter.Export(trained, Settings).Model;

        Assert.DoesNotContain(deploy.Graph.Nodes, n => n.OpType is "Dropout" or "BatchNormalization" or "Constant" or "Mul");
        Assert.Equal(name == "mlp", deploy.Graph.Nodes.All(n => n.OpType is not "Sub"));
        Verifier.Verify(trained, deploy, TestClassifier.Samples(50)).EnsurePassed();
    }

    [Fact]
    public void The_model_says_what_it_is_and_where_it_came_from()
    {
        var model = Model.Parse(Exporter.Export(TestClassifier.Cnn(), Settings).Model.ToBytes());
        var metadata = DeployMetadata.FromEntries(model.Metadata)!;

        Assert.Equal(TestClassifier.Labels, metadata.Labels);
        Assert.Equal(new ImageInput("image", 3, 8, 8), metadata.Input);
        Assert.Equal("probabilities", metadata.Probabilities);
        Assert.Equal(("animals", "d1", "r1", "0.1.0"), (metadata.Dataset, metadata.DatasetHash, metadata.RecipeHash, metadata.ToolVersion));
        Assert.Equal(0.5, metadata.Metrics["test.accuracy"]);
        Assert.Equal((Exporter.ProducerName, "0.1.0"), (model.ProducerName, model.ProducerVersion));
        Assert.Contains("4 classes", model.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_on_leaves_an_exported_model_as_it_was()
    {
        var trained = TestClassifier.Cnn();
        var result = Exporter.Export(trained, Settings).Model;
        var bytes = result.ToBytes();
        foreach (var tensor in trained.Graph.Initializers) tensor.Span<float>().Fill(7);
        Assert.Equal(bytes, result.ToBytes());
    }

    [Fact]
    public void The_same_model_and_settings_give_the_same_bytes() =>
        Assert.Equal(Exporter.Export(TestClassifier.Cnn(), Settings).Model.ToBytes(), Exporter.Export(TestClassifier.Cnn(), Settings).Model.ToBytes());

    [Fact]
    public void Logits_can_be_kept()
    {
        var model = Exporter.Export(TestClassifier.Cnn(), Settings with { KeepLogits = true }).Model;
        Assert.Equal(["probabilities", "logits"], model.Graph.Outputs.Select(o => o.Name));
        Assert.Equal(2, Reference.Run(model, Reference.RandomFeeds(model)).Count);
    }

    [Fact]
    public void Names_of_other_makers_become_ours_even_where_they_are_taken()
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("input.1", ElementType.UInt8, "N", 8, 8, 1));
        graph.Graph.Nodes[^1].Outputs[0] = x = "image";
        x = graph.Op("Relu", graph.Op("Flatten", x));
        graph.Graph.Nodes[^1].Outputs[0] = x = "probabilities";
        var trained = TestClassifier.Finish(graph, graph.Gemm(x, 64, 4), "output.7");
        var result = Exporter.Export(trained, Settings);

        Assert.Equal(new ImageInput("image", 1, 8, 8, ImageLayout.Hwc), result.Metadata.Input);
        Assert.True(Verifier.Verify(trained, result.Model, TestClassifier.Samples(20, channels: 1)).Passed);
    }

    [Fact]
    public void A_model_that_ends_in_softmax_gets_no_second_one()
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 1, 8, 8));
        x = graph.Op("Mul", x, graph.Floats("scale", [0.01f]));
        var trained = TestClassifier.Finish(graph, graph.Op("Softmax", n => n.Set("axis", 1L), graph.Gemm(graph.Op("Flatten", x), 64, 4)), "scores");
        var result = Exporter.Export(trained, Settings);
        Assert.Equal(1, result.Model.Graph.Nodes.Count(n => n.OpType == "Softmax"));
        Assert.True(Verifier.Verify(trained, result.Model, TestClassifier.Samples(20, channels: 1)).Passed);
        Assert.Contains("KeepLogits", Assert.Throws<ExportException>(() => Exporter.Export(trained, Settings with { KeepLogits = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_is_only_declared_fixed_becomes_free()
    {
        var trained = TestClassifier.Cnn();
        trained.Graph.Inputs[0] = new Value("image", ElementType.UInt8, 1, 3, 8, 8);
        var result = Exporter.Export(trained, Settings);
        Assert.True(Verifier.Verify(trained, result.Model, TestClassifier.Samples(20)).Passed);
    }

    [Fact]
    public void A_graph_that_fixes_its_batch_is_refused()
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, 1, 1, 8, 8));
        x = graph.Op("Reshape", x, graph.Longs("shape", 1, 64));
        Refused(TestClassifier.Finish(graph, graph.Gemm(x, 64, 4)), Settings, "does not run on a batch of 2");
    }

    [Fact]
    public void Other_inputs_than_one_image_are_refused()
    {
        var two = TestClassifier.Cnn();
        two.Graph.Inputs.Add(new Value("extra", ElementType.Float, 1));
        Refused(two, Settings, "2 inputs (image: UInt8[batch,3,8,8]; extra: Float[1])");

        foreach (var input in (Value[])[
            new Value("image", ElementType.Float, "batch", 3, 8, 8), new Value("image", ElementType.UInt8, "batch", 64),
            new Value("image", ElementType.UInt8, "batch", 2, 8, 8), new Value("image", ElementType.UInt8, "batch", 3, "h", "w")])
        {
            var model = TestClassifier.Cnn();
            model.Graph.Inputs[0] = input;
            Refused(model, Settings, "is no image of raw pixels");
        }
    }

    [Fact]
    public void Other_outputs_than_one_of_logits_are_refused()
    {
        var model = TestClassifier.Cnn();
        model.Graph.Outputs[0] = new Value("logits", ElementType.Float, "batch", 4, 1);
        Refused(model, Settings, "holds no logits");

        var graph = new TestModel();
        var x = graph.Op("Relu", graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 1, 8, 8)));
        graph.Output(x, ElementType.Float, "batch", 4);
        Refused(graph.Build(), Settings, "expected Float of shape [1, classes]");

        var none = TestClassifier.Cnn();
        none.Graph.Outputs.Clear();
        Refused(none, Settings, "0 outputs");
    }

    [Fact]
    public void Labels_that_are_not_the_classes_are_refused()
    {
        Refused(TestClassifier.Cnn(), Settings with { Labels = ["ant", "bee", "cat"] }, "4 classes, but 3 labels");
        Refused(TestClassifier.Cnn(), Settings with { Labels = [] }, "no labels");
        Refused(TestClassifier.Cnn(), Settings with { Labels = ["a", "b", "a", "c"] }, "'a' names 2 classes");
        Refused(TestClassifier.Cnn(), Settings with { Labels = ["a", "b", " ", "c"] }, "is empty");
    }

    [Fact]
    public void An_operator_that_ONNX_Runtime_lacks_is_refused_with_its_words()
    {
        var model = TestClassifier.Cnn();
        model.Graph.Nodes.First(n => n.OpType == "Relu").OpType = "Rely";
        Refused(model, Settings, $"ONNX Runtime {Providers.Version} does not load");
    }

    [Fact]
    public void An_empty_graph_is_refused() => Refused(new Model(new Graph("empty")), Settings, "0 inputs");

    [Fact]
    public void A_cycle_is_a_format_error_that_names_its_nodes()
    {
        var model = TestClassifier.Cnn();
        var conv = model.Graph.Nodes.First(n => n.OpType == "Conv");
        conv.Inputs[0] = model.Graph.Nodes.Last(n => n.OpType == "Relu").Outputs[0];
        var error = Assert.Throws<ModelFormatException>(() => Exporter.Export(model, Settings));
        Assert.Contains("cycle", error.Message, StringComparison.Ordinal);
        Assert.Contains(conv.Name, error.Message, StringComparison.Ordinal);
    }

    private static void Refused(Model model, ExportSettings settings, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExportException>(() => Exporter.Export(model, settings)).Message, StringComparison.Ordinal);
}
