using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>"quantize", on models of this pipeline, on PyTorch's, and on what is none.</summary>
public sealed class QuantizeCommandTests : IDisposable
{
    private const string ImageNet = "--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet18-bn")]
    [InlineData("mobilenet_v2-bn")]
    [InlineData("squeezenet1_1")]
    public async Task PyTorch_networks_become_a_quarter_of_their_size_on_images_without_answers(string name)
    {
        TorchvisionModels.Write(name, _folder.Path);
        AnsweredImages.WriteFiles(_folder.File("photos"), 6, 40, 3);
        var (code, output, error) = await Run($"quantize {name}.onnx --data photos {ImageNet} --samples 6");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("compared on 6 samples of photos, whose answers are not known", output);
        Assert.Matches(@"\n[0-9.]+x the time at batch 1, [0-9.]+x the time at batch 32\n", output);
        var before = new FileInfo(_folder.File($"{name}.onnx.data")).Length;
        Assert.InRange(new FileInfo(_folder.File($"{name}.quantized.onnx")).Length, 0.2 * before, 0.35 * before);
        Assert.Contains(Model.Load(_folder.File($"{name}.quantized.onnx")).Graph.Nodes, n => n.Is(Ops.QuantizeLinear));
        Assert.DoesNotContain("accuracy", output);
    }

    [Theory]
    [InlineData("dynamic", "DynamicQuantizeLinear")]
    [InlineData("weight-only --bits 8 --block-size 16", "MatMulNBits")]
    [InlineData("float16", "Cast")]
    [InlineData("bfloat16", "Cast")]
    public async Task Methods_that_measure_no_ranges_need_no_samples(string method, string op)
    {
        ModelRegistry.Build(new MlpOptions { Hidden = [64, 64] }, new ImageModelInput(1, 12, 12), 4, seed: 1).Save(_folder.File("mlp.onnx"));
        var (code, output, error) = await Run($"quantize mlp.onnx --out small.onnx --method {method}");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("compared on inputs made up from the signature", output);
        Assert.True(new FileInfo(_folder.File("small.onnx")).Length < 0.7 * new FileInfo(_folder.File("mlp.onnx")).Length);
        Assert.Contains(Model.Load(_folder.File("small.onnx")).Graph.Nodes, n => n.OpType == op);

        (code, _, error) = await Run("quantize small.onnx --method dynamic");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("small.onnx: is quantised already", error);
    }

    [Fact]
    public async Task Samples_with_answers_give_accuracy_and_a_limit_to_keep()
    {
        AnsweredImages.Write(_folder);
        foreach (var model in (string[])["model.onnx", "trained.onnx"])
        {
            var (code, output, error) = await Run($"quantize {model} --data answered --max-drop 3 --calibration percentile --percentile 99.9 --json");
            Assert.True(code == Cli.Done, error);
            using var json = JsonDocument.Parse(output);
            var answers = json.RootElement.GetProperty("difference").GetProperty("answers");
            Assert.Equal((90, 1.0), (answers.GetProperty("samples").GetInt32(), answers.GetProperty("originalScore").GetDouble()));
            Assert.True(json.RootElement.GetProperty("report").GetProperty("budget").GetProperty("met").GetBoolean());
            Assert.Equal(new FileInfo(_folder.File(Path.ChangeExtension(model, ".quantized.onnx"))).Length, json.RootElement.GetProperty("after").GetProperty("bytes").GetInt64());
        }
        var (done, text, _) = await Run("quantize model.onnx --data answered --per-channel false --symmetric --reduce-range --equalize --correct-bias --activations int8 --float conv2");
        Assert.Equal(Cli.Done, done);
        Assert.Matches(@"\naccuracy 100.00 % -> [0-9.]+ %\n", text);
        Assert.Matches(@"left conv2: ", text);
        Assert.Contains("by tensor of 7 bits, symmetric int8 activations, min-max calibration, equalised, biases corrected", Model.Load(_folder.File("model.quantized.onnx")).Metadata["pipeline.quantization"]);
    }

    [Fact]
    public async Task A_limit_that_is_missed_ends_with_1_and_the_best_that_was_found()
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run("quantize model.onnx --data answered --max-drop 0 --calibration percentile --percentile 51");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("error: the limit of 0 points was missed", error);
        Assert.Contains("the limit was missed", output);
        Assert.True(File.Exists(_folder.File("model.quantized.onnx")));
    }

    [Fact]
    public async Task A_model_of_a_fixed_batch_is_run_by_such_batches()
    {
        AnsweredImages.Write(_folder);
        Assert.Equal(Cli.Done, (await Run("optimize model.onnx --batch 3 --out three.onnx")).Code);
        var (code, output, error) = await Run("quantize three.onnx --data answered");
        Assert.True(code == Cli.Done, error);
        Assert.DoesNotContain("the time at batch", output);
        Assert.Equal("image: UInt8[3,1,8,8]", Model.Load(_folder.File("three.quantized.onnx")).Graph.Inputs.Single().ToString());
    }

    [Fact]
    public async Task Classes_that_are_not_the_models_serve_for_ranges_alone()
    {
        AnsweredImages.Write(_folder);
        AnsweredImages.WriteFiles(_folder.File("photos"), 12, AnsweredImages.Side, 1, "cat", "dog");
        var (code, output, error) = await Run("quantize model.onnx --data photos");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("note: right answers are not counted: the model gives 3 answers a sample, and image-folder has 2 classes", error);
        Assert.DoesNotContain("accuracy", output);
        (code, _, error) = await Run("quantize model.onnx --data photos --max-drop 1");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("--max-drop counts right answers", error);
    }

    [Fact]
    public async Task Rows_of_a_table_are_read_as_in_prediction()
    {
        File.WriteAllBytes(_folder.File("table.onnx"), TestTables.Model());
        File.WriteAllText(_folder.File("rows.csv"), "age,colour,member,since\n30,blue,yes,2001-05-06\nold,blue,no,2000-01-02\n50,red,yes,2001-01-01\n2,,no,2000-01-01\n");
        var (code, output, error) = await Run("quantize table.onnx --data rows.csv --everything");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("note: 1 bad rows were passed over, the first of them: ", error);
        Assert.Contains("compared on 3 samples of rows.csv", output);

        File.WriteAllText(_folder.File("other.csv"), "age,color\n30,blue\n");
        (code, _, error) = await Run("quantize table.onnx --data other.csv");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("there is no column 'color' (did you mean 'colour'?)", error);
    }

    [Fact]
    public async Task A_model_of_a_table_takes_rows_as_it_was_trained_and_as_it_was_deployed()
    {
        TableColumn[] columns = [new() { Name = "size", Kind = ColumnKind.Number }, new() { Name = "colour", Kind = ColumnKind.Category, Categories = ["blue", "red"] }];
        var trained = ModelRegistry.Build(new TabularMlpOptions { Hidden = [16] }, new TableModelInput(1, [3]) { Mean = [10], Std = [5] }, ModelOutput.Classes(2), seed: 3);
        trained.Save(_folder.File("trained.onnx"));
        Exporter.Export(trained, new ExportSettings { Labels = ["no", "yes"], Columns = columns }).Model.Save(_folder.File("model.onnx"));
        SampleSet Rows(int count) => new(
            [
                new SampleTensor(TableFeatures.Numeric, DataKind.Float, [1], MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(i => (float)i)]).ToArray()),
                new SampleTensor(TableFeatures.Categorical, DataKind.Int64, [1], MemoryMarshal.AsBytes<long>([.. Enumerable.Range(0, count).Select(i => (long)i % 3)]).ToArray()),
            ],
            Enumerable.Range(0, count).Select(i => (long)i % 2).ToArray());
        DatasetWriter.Write(Directory.CreateDirectory(_folder.File("rows")).FullName, new DatasetContent { Name = "rows", Labels = ["no", "yes"], Columns = columns, Train = Rows(40), Validation = Rows(20), Test = Rows(20) });
        foreach (var line in (string[])["quantize trained.onnx", "quantize model.onnx", "prune trained.onnx", "prune model.onnx --method weights"])
        {
            var (code, output, error) = await Run($"{line} --data rows");
            Assert.True(code == Cli.Done, $"{line}: {error}");
            Assert.Matches(@"\naccuracy [0-9.]+ % -> [0-9.]+ %\n", output);
        }
        // Nothing follows an encoder of words, and that is said.
        var (failed, _, why) = await Run("prune model.onnx");
        Assert.Equal(Cli.Failed, failed);
        Assert.Contains("whose number of axes is not known", why);
    }

    [Fact]
    public async Task Tensors_are_the_inputs_that_their_files_are_named_for()
    {
        TwoInputs().Save(_folder.File("two.onnx"));
        Directory.CreateDirectory(_folder.File("set"));
        File.WriteAllBytes(_folder.File("set/x.npy"), Npy("<f4", [5, 8]));
        File.WriteAllBytes(_folder.File("set/ids.npy"), Npy("<i8", [5]));
        var (code, output, error) = await Run("quantize two.onnx --data set");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("compared on 5 samples of set", output);
        (code, _, error) = await Run("quantize two.onnx --data set/x.npy set/ids.npy");
        Assert.True(code == Cli.Done, error);

        async Task Fails(string expected)
        {
            var (bad, _, why) = await Run("quantize two.onnx --data set");
            Assert.NotEqual(Cli.Done, bad);
            Assert.Contains(expected, why);
        }

        File.WriteAllBytes(_folder.File("set/ids.npy"), Npy("<i8", [4]));
        await Fails("5 of x, 4 of ids");
        File.WriteAllBytes(_folder.File("set/ids.npy"), Npy("<f4", [5]));
        await Fails("holds Float[5], and the model's input is ids: Int64[batch]");
        File.Delete(_folder.File("set/ids.npy"));
        await Fails("No file is of the input 'ids: Int64[batch]'");
        File.WriteAllBytes(_folder.File("set/z.npy"), Npy("<i8", [5]));
        await Fails("named like none of the model's inputs. Valid: x, ids, or input_0 to input_1");
        File.WriteAllText(_folder.File("set/ids.pb"), "no tensor at all");
        File.Delete(_folder.File("set/z.npy"));
        await Fails("ids.pb: not a tensor");
    }

    [Fact]
    public async Task Made_up_inputs_are_enough_to_try_it_out()
    {
        TwoInputs().Save(_folder.File("two.onnx"));
        var (code, output, error) = await Run("quantize two.onnx --data generated");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("inputs made up from the signature", output);
    }

    [Theory]
    [InlineData("quantize model.onnx", "Give them with --data")]
    [InlineData("quantize model.onnx --method dynamik", "There is no method 'dynamik'. Did you mean 'dynamic'? Valid: static, dynamic, weight-only, float16, bfloat16.")]
    [InlineData("quantize model.onnx --calibration entropie", "Did you mean 'entropy'? Valid: min-max, percentile, entropy, mean-squared.")]
    [InlineData("quantize model.onnx --bits 4", "--bits is for the method weight-only, and --method is static")]
    [InlineData("quantize model.onnx --method weight-only --bits 5", "expected 4 or 8, found 5")]
    [InlineData("quantize model.onnx --method dynamic --out model.onnx", "--out is the model itself")]
    [InlineData("quantize model.onnx --method dynamic --out ./model.onnx", "--out is the model itself")]
    [InlineData("quantize model.onnx --method dynamic --out empty", "a folder; name a file")]
    [InlineData("quantize model.onnx --method dynamic --out nowhere/m.onnx", "There is no folder")]
    [InlineData("quantize model.onnx --method dynamic --max-drop 1", "--max-drop counts right answers")]
    [InlineData("quantize model.onnx --data answered --max-drop -1", "expected points of accuracy")]
    [InlineData("quantize model.onnx --data answered --held-out 0", "--held-out must be at least 1")]
    [InlineData("quantize model.onnx --data answered --mean 0 --std 1", "--mean and --std are for a model that takes float pixels")]
    [InlineData("quantize model.onnx --data answered --mean 0", "--mean and --std go together")]
    [InlineData("quantize model.onnx --data answered --mean 0 --std 0", "expected numbers above 0")]
    [InlineData("quantize model.onnx --data answered draft", "--data names 2 sources")]
    [InlineData("quantize model.onnx --data nowhere", "There is no dataset or folder 'nowhere'")]
    [InlineData("quantize absent.onnx", "There is no model file 'absent.onnx'")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_wrong(string line, string expected)
    {
        AnsweredImages.Write(_folder);
        Directory.CreateDirectory(_folder.File("empty"));
        var before = Directory.GetFiles(_folder.Path).Order();
        var (code, output, error) = await Run(line);
        Assert.Contains(expected, error);
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Equal(before, Directory.GetFiles(_folder.Path).Order());
    }

    [Fact]
    public async Task What_is_no_model_or_no_samples_is_a_failure_that_writes_nothing()
    {
        AnsweredImages.Write(_folder);
        Directory.CreateDirectory(_folder.File("empty"));
        AnsweredImages.WriteFiles(_folder.File("broken"), 2, AnsweredImages.Side, 1);
        File.WriteAllBytes(_folder.File("broken/000.png"), [1, 2, 3]);
        File.WriteAllText(_folder.File("garbage.onnx"), "not a model");
        File.WriteAllBytes(_folder.File("cut.onnx"), File.ReadAllBytes(_folder.File("model.onnx"))[..^100]);
        var before = Directory.GetFiles(_folder.Path).Order().ToArray();
        foreach (var (line, expected) in ((string, string)[])
        [
            ("quantize garbage.onnx --method dynamic", "not an ONNX model"),
            ("quantize cut.onnx --method dynamic", "cut.onnx"),
            ("quantize model.onnx --data empty", "there are no images in it"),
            ("quantize model.onnx --data broken", "1 of 2 images are broken"),
            ("quantize model.onnx --data answered --float conv9", "no node is named like 'conv9'"),
        ])
        {
            var (code, output, error) = await Run(line);
            Assert.Contains(expected, error);
            Assert.Equal((Cli.Failed, ""), (code, output));
        }
        Assert.Equal(before, Directory.GetFiles(_folder.Path).Order());
    }

    [Fact]
    public async Task Float_pixels_and_the_file_of_weights_are_not_taken_lightly()
    {
        TorchvisionModels.Write("squeezenet1_1", _folder.Path);
        AnsweredImages.WriteFiles(_folder.File("photos"), 2, 64, 3);
        var (code, _, error) = await Run("quantize squeezenet1_1.onnx --data photos");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("nothing says how bytes become those. Give --mean and --std", error);
        (code, _, error) = await Run("quantize squeezenet1_1.onnx --method float16 --out squeezenet1_1.onnx.data");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("holds the weights of 'squeezenet1_1.onnx'", error);
    }

    private static Model TwoInputs()
    {
        var graph = new GraphBuilder("two");
        var random = new Random(3);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        var row = graph.Node(Ops.Gather, [graph.Initializer(Initializer.Create<float>("table", Weights(24), 3, 8)), graph.Input("ids", ElementType.Int64, "batch")]);
        var sum = graph.Node(Ops.Add, [graph.Input("x", ElementType.Float, "batch", 8), row]);
        graph.Output(graph.Node(Ops.Relu, [graph.Node(Ops.MatMul, [graph.Node(Ops.Relu, [graph.Node(Ops.MatMul, [sum, graph.Initializer(Initializer.Create<float>("w", Weights(128), 8, 16))])]), graph.Initializer(Initializer.Create<float>("v", Weights(64), 16, 4))])]), "y");
        var model = graph.Build();
        var inputs = model.Graph.Inputs.OrderByDescending(i => i.Name).ToArray();
        model.Graph.Inputs.Clear();
        foreach (var input in inputs) model.Graph.Inputs.Add(input);
        return model;
    }

    /// <summary>An array of zeros and ones in turn.</summary>
    private static byte[] Npy(string type, int[] shape)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)},), }}\n");
        var values = Enumerable.Range(0, shape.Aggregate(1, (product, size) => product * size)).SelectMany(i => type == "<f4" ? BitConverter.GetBytes((float)(i % 2)) : BitConverter.GetBytes((long)(i % 2)));
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. header, .. values];
    }

    private Task<(int Code, string Output, string Error)> Run(string line) => CommandLine.RunAsync(_folder.Path, line.Split(' '));
}
