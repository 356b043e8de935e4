using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Export.Tests;

/// <summary>What can go into a deployed model and come out of it, against what is computed outside.</summary>
public sealed class SignatureTests
{
    private static readonly ExportSettings Settings = new() { Labels = TestClassifier.Labels };

    [Theory]
    [InlineData(ImageLayout.Hwc, 3)]
    [InlineData(ImageLayout.Hwc, 1)]
    [InlineData(ImageLayout.Encoded, 3)]
    [InlineData(ImageLayout.Encoded, 1)]
    [InlineData(ImageLayout.Chw, 3)]
    public void Every_input_gives_the_trained_models_answers(ImageLayout input, int channels)
    {
        var trained = TestClassifier.Cnn(channels: channels);
        var exported = Exporter.Export(trained, Settings with { Input = input });
        Assert.Equal(input, exported.Metadata.Input!.Layout);
        var report = Verifier.Verify(trained, exported.Model, TestClassifier.Samples(20, channels));
        report.EnsurePassed();
        Assert.Equal(input == ImageLayout.Encoded ? 1 : 4, exported.Model.Graph.Inputs.Single().Type!.Value.Shape!.Rank);
    }

    [Theory]
    [InlineData(TestTimeAugmentation.Flip, ImageLayout.Chw)]
    [InlineData(TestTimeAugmentation.FlipShift, ImageLayout.Chw)]
    [InlineData(TestTimeAugmentation.FlipShift, ImageLayout.Hwc)]
    [InlineData(TestTimeAugmentation.FlipShift, ImageLayout.Encoded)]
    public void Test_time_augmentation_is_the_plain_average_of_the_variants_logits(TestTimeAugmentation kind, ImageLayout input)
    {
        var trained = TestClassifier.Cnn();
        var exported = Exporter.Export(trained, Settings with { Input = input, TestTimeAugmentation = kind });
        var samples = TestClassifier.Samples(21);
        Verifier.Verify(trained, exported.Model, samples).EnsurePassed();
        var plain = Exporter.Export(trained, Settings).Model;
        plain.Metadata["pipeline.testTimeAugmentation"] = $"\"{kind}\"";
        Assert.False(Verifier.Verify(trained, plain, samples).Passed, "the answers of the image alone must differ, or the comparison shows nothing");
    }

    [Fact]
    public void Augmented_models_run_at_old_and_new_opsets()
    {
        foreach (var opset in (long[])[13, 17, 18, 20])
        {
            var trained = ModelRegistry.Build(new MlpOptions { Hidden = [8] }, new ImageModelInput(1, 6, 5) { Mean = [0.4f], Std = [0.2f] }, TestClassifier.Classes, seed: 3);
            trained.Opsets[Domains.Onnx] = opset;
            var exported = Exporter.Export(trained, Settings with { TestTimeAugmentation = TestTimeAugmentation.FlipShift, TopK = 2, Label = true });
            var pixels = new byte[9 * 30];
            new Random(1).NextBytes(pixels);
            Verifier.Verify(trained, exported.Model, HeldOutSamples.Of(pixels, new int[9])).EnsurePassed();
        }
    }

    [Fact]
    public void The_variants_are_the_image_moved_and_mirrored()
    {
        var image = new ImageInput("x", 1, 2, 3);
        byte[] pixels = [1, 2, 3, 4, 5, 6];
        Assert.Equal(pixels, new ImageVariant(false, 0, 1).Apply(pixels, image));
        Assert.Equal([3, 2, 1, 6, 5, 4], new ImageVariant(true, 0, 1).Apply(pixels, image));
        Assert.Equal([5, 6, 5, 2, 3, 2], new ImageVariant(false, 1, 1).Apply(pixels, image));
        Assert.Equal([5, 4, 5, 2, 1, 2], new ImageVariant(false, -1, 1).Apply(pixels, image));
        foreach (var kind in (TestTimeAugmentation?[])[null, TestTimeAugmentation.Flip, TestTimeAugmentation.FlipShift])
            Assert.Equal(1, ImageVariant.Of(kind).Sum(v => v.Weight));
    }

    [Theory]
    [InlineData(5, 7)]
    [InlineData(8, 8)]
    [InlineData(31, 20)]
    [InlineData(1, 1)]
    [InlineData(200, 3)]
    public void A_file_is_resized_in_the_graph_as_outside_it(int width, int height)
    {
        foreach (var channels in (int[])[1, 3])
        {
            var (graph, decoded) = Decoder(channels);
            var rgb = new byte[width * height * 3];
            new Random(width).NextBytes(rgb);
            var file = PngEncoder.Encode(new Image(width, height, 3, rgb));
            var expected = ImageResizer.Resize(ImageDecoder.Decode(file, channels), TestClassifier.Side, TestClassifier.Side).Pixels;
            var actual = RunFile(graph, file, decoded);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
            Assert.True(expected.Zip(actual).Count(pair => pair.First != pair.Second) <= expected.Length / 50);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.3)]
    public void The_label_is_that_of_the_answer(double? threshold)
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 1, 8, 8));
        x = graph.Op("Mul", x, graph.Floats("scale", [0.01f]));
        graph.Graph.Nodes[^1].Outputs[0] = x;
        var logit = graph.Gemm(graph.Op("Flatten", x), 64, 1);
        graph.Graph.Nodes.Single(n => n.Outputs.Contains(logit)).Outputs[0] = "logits";
        var trained = graph.Output("logits", ElementType.Float, "batch", 1).Build();
        var model = Exporter.Export(trained, new ExportSettings { Labels = ["no", "yes"], Label = true, TopK = 2, Threshold = threshold }).Model;

        var outputs = Reference.Run(model, Reference.RandomFeeds(model, batch: 200));
        var yes = outputs["probabilities"].Span<float>().ToArray().Where((_, i) => i % 2 == 1).ToArray();
        Assert.Equal(yes.Select(p => p >= (threshold ?? 0.5) ? "yes" : "no"), outputs["label"].Strings);
        Assert.Contains("yes", outputs["label"].Strings);
        Assert.Contains("no", outputs["label"].Strings);
        Assert.Equal(400, outputs["top_labels"].Strings.Count);
    }

    [Fact]
    public void The_best_classes_come_out_best_first_with_their_names()
    {
        var model = Exporter.Export(TestClassifier.Cnn(), Settings with { TopK = 3, Label = true }).Model;
        Assert.Equal(["probabilities", "label", "top_probabilities", "top_classes", "top_labels"], model.Graph.Outputs.Select(o => o.Name));
        var outputs = Reference.Run(model, Reference.RandomFeeds(model, batch: 50));
        var probabilities = outputs["probabilities"].Span<float>().ToArray().Chunk(4).ToArray();
        for (var i = 0; i < 50; i++)
        {
            int[] best = [.. Enumerable.Range(0, 4).OrderByDescending(c => probabilities[i][c]).Take(3)];
            Assert.Equal(best.Select(c => (long)c), outputs["top_classes"].Span<long>().Slice(i * 3, 3).ToArray());
            Assert.Equal(best.Select(c => probabilities[i][c]), outputs["top_probabilities"].Span<float>().Slice(i * 3, 3).ToArray());
            Assert.Equal(best.Select(c => TestClassifier.Labels[c]), outputs["top_labels"].Strings.Skip(i * 3).Take(3));
            Assert.Equal(TestClassifier.Labels[best[0]], outputs["label"].Strings[i]);
        }
    }

    [Fact]
    public void An_empty_batch_does_no_harm_whatever_comes_out()
    {
        var model = Exporter.Export(TestClassifier.Cnn(), Settings with { TopK = 3, Label = true, TestTimeAugmentation = TestTimeAugmentation.FlipShift }).Model;
        var outputs = Reference.Run(model, Reference.RandomFeeds(model, batch: 0));
        Assert.Equal([0L, 4], outputs["probabilities"].Dims);
        Assert.Equal([0L, 3], outputs["top_classes"].Dims);
        Assert.Empty(outputs["label"].Strings);
    }

    [Fact]
    public void The_model_says_which_signature_it_has()
    {
        var exported = Exporter.Export(TestClassifier.Cnn(), Settings with { Input = ImageLayout.Encoded, TopK = 2, Label = true, TestTimeAugmentation = TestTimeAugmentation.Flip });
        var read = DeployMetadata.FromEntries(Model.Parse(exported.Model.ToBytes()).Metadata)!;
        Assert.Equal(new ImageInput("image", 3, 8, 8, ImageLayout.Encoded), read.Input);
        Assert.Equal(("label", TestTimeAugmentation.Flip), (read.Label, read.TestTimeAugmentation));
        Assert.Equal(new TopOutputs(2, "top_probabilities", "top_classes", "top_labels"), read.Top);
        Assert.Contains("PNG or JPEG", exported.Model.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_that_do_not_fit_are_refused_with_the_reason()
    {
        Refused(TestClassifier.Cnn(), Settings with { TopK = 5 }, "5 best classes");
        Refused(TestClassifier.Cnn(), Settings with { TopK = 0 }, "expected 1 to 4");
        var old = TestClassifier.Cnn();
        old.Opsets[Domains.Onnx] = 11;
        Refused(old, Settings with { Label = true }, "opset 13");
        var table = ModelRegistry.Build(new MlpOptions { Hidden = [4] }, new TableModelInput(1, []) { Mean = [0], Std = [1] }, ModelOutput.Value(0, 1), 1);
        ExportSettings value = new() { Labels = [], Target = "price", Columns = [new TableColumn { Name = "label", Kind = ColumnKind.Number }] };
        Refused(table, value with { Label = true }, "predicts a value");
        Refused(table, value with { TopK = 1 }, "predicts a value");
        Refused(table, value with { Input = ImageLayout.Hwc }, "rows of a table");
        Refused(table, value with { TestTimeAugmentation = TestTimeAugmentation.Flip }, "rows of a table");
        Assert.Equal("label", Exporter.Export(table, value).Model.Graph.Inputs.Single().Name);
    }

    private static void Refused(Model model, ExportSettings settings, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExportException>(() => Exporter.Export(model, settings)).Message, StringComparison.Ordinal);

    /// <summary>A model of one file in, its pixels out, and the name of those.</summary>
    private static (byte[] Model, string Output) Decoder(int channels)
    {
        var graph = new Graph("decoder");
        var chain = new NodeChain(graph, new Rewriting.ValueNames(graph), "input");
        graph.Inputs.Add(new Value("file", ElementType.UInt8, "bytes"));
        var output = ImageDecoding.Append(chain, "file", new ImageInput("file", channels, TestClassifier.Side, TestClassifier.Side, ImageLayout.Hwc));
        chain.PutFirst();
        graph.Outputs.Add(new Value(output, ElementType.UInt8, 1, TestClassifier.Side, TestClassifier.Side, channels));
        var model = new Model(graph);
        model.Opsets[Domains.Extensions] = 1;
        return (model.ToBytes(), output);
    }

    private static byte[] RunFile(byte[] model, byte[] file, string output)
    {
        using var session = SessionFactory.Create(model, new SessionSettings { Threads = 1, Extensions = true });
        using var options = new RunOptions();
        using var value = OrtValue.CreateTensorValueFromMemory(file, [file.Length]);
        using var results = session.Run(options, ["file"], [value], [output]);
        return results[0].GetTensorDataAsSpan<byte>().ToArray();
    }
}
