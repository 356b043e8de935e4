using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

public sealed class AdapterTests : IDisposable
{
    private static readonly string[] Names = ["cats", "dogs", "birds"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_base_answers_with_three_adapters_and_without_at_once_as_the_merged_models_do(bool encoded)
    {
        var original = encoded ? TestModels.Encoded() : TestModels.Brightness();
        var (options, adapters) = Write(original);
        using var predictor = Predictor.Open(TestAdapters.BaseOf(original), options);
        var merged = Names.Zip(adapters).ToDictionary(pair => pair.First, pair => Predictor.Open(pair.Second.Merged));
        using var plain = Predictor.Open(original);
        var random = new Random(3);
        var images = Enumerable.Range(0, 12).Select(_ =>
        {
            var pixels = new byte[predictor.PixelCount];
            random.NextBytes(pixels);
            return pixels;
        }).ToArray();
        Assert.True(Math.Abs(plain.PredictPixels(images[0]).Probabilities[0] - merged["cats"].PredictPixels(images[0]).Probabilities[0]) > 1e-2);

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellation) =>
        {
            var name = i % 4 == 3 ? null : Names[i % 4];
            var (model, expected) = (predictor.WithAdapter(name), name is null ? plain : merged[name]);
            var count = 1 + i % 3;
            byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(j => images[(i + j) % images.Length])];
            // Runs that can be cancelled have options of their own.
            var found = i % 5 == 0 ? await model.PredictPixelsAsync(pixels, count, cancellation) : model.PredictPixels(pixels, count);
            foreach (var (f, e) in found.Zip(expected.PredictPixels(pixels, count))) Near(e.Probabilities, f.Probabilities);
        });
        foreach (var model in merged.Values) model.Dispose();
    }

    [Fact]
    public void A_model_of_a_table_takes_adapters_too()
    {
        var original = TestTables.Model(regression: true);
        var (options, adapters) = Write(original);
        using var predictor = TablePredictor.Open(TestAdapters.BaseOf(original), new TablePredictorOptions { Adapters = options.Adapters });
        using var plain = TablePredictor.Open(original);
        string[] row = ["40", "red", "yes", "2003-05-01"];
        Assert.Equal(plain.PredictValue(row), predictor.PredictValue(row), 1e-5);
        foreach (var (name, adapter) in Names.Zip(adapters))
        {
            using var merged = TablePredictor.Open(adapter.Merged);
            Assert.NotEqual(plain.PredictValue(row), merged.PredictValue(row), 1e-3);
            Assert.Equal(merged.PredictValue(row), predictor.WithAdapter(name).PredictValue(row), 1e-4);
            Assert.Same(predictor, predictor.WithAdapter(name).WithAdapter(null));
        }
    }

    [Fact]
    public void An_unknown_adapter_is_an_error_that_lists_those_there_are()
    {
        var (options, _) = Write(TestModels.Brightness());
        using var predictor = Predictor.Open(TestAdapters.BaseOf(TestModels.Brightness()), options);
        Assert.Contains("no adapter 'fish'; its adapters are birds, cats, dogs", Assert.Throws<ArgumentException>(() => predictor.WithAdapter("fish")).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => predictor.Session.LoadAdapter("cats", options.Adapters["cats"])).Message, StringComparison.Ordinal);
        using var plain = Predictor.Open(TestModels.Brightness());
        Assert.Contains("has no adapters", Assert.Throws<ArgumentException>(() => plain.WithAdapter("cats")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adapters_end_with_their_predictor()
    {
        var (options, _) = Write(TestModels.Brightness());
        var predictor = Predictor.Open(TestAdapters.BaseOf(TestModels.Brightness()), options);
        var adapted = predictor.WithAdapter("cats");
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => adapted.PredictPixels(TestModels.Uniform(1)));
        Assert.Throws<ObjectDisposedException>(() => predictor.Session.LoadAdapter("more", options.Adapters["cats"]));
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "weights", "it was trained on another base (number" },
        { "name", "it brings 'other.lora_A', and what can be replaced in the model is weights.lora_A, weights.lora_B" },
        { "shape", "it brings weights.lora_A [783,2] with elements of type 1, and the model takes [784,-1]" },
        { "type", "it brings weights.lora_A [784,2] with elements of type 10" },
        { "rank", "does not run with the adapter 'bad'" },
        { "cut", "is a damaged adapter" },
        { "text", "is no adapter (" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void An_adapter_for_another_base_and_a_damaged_one_are_refused_before_they_run(string fault, string reason)
    {
        var fitting = TestAdapters.For(TestModels.Brightness(), 1).File;
        var (a, b) = (fitting.Tensors[0], fitting.Tensors[1]);
        var bytes = fault switch
        {
            "weights" => (fitting with { ModelVersion = fitting.ModelVersion + 1 }).ToBytes(),
            "name" => (fitting with { Tensors = [a with { Name = "other.lora_A" }, b] }).ToBytes(),
            "shape" => (fitting with { Tensors = [a with { Dims = [783, 2], Data = a.Data[..(783 * 2 * 4)] }, b] }).ToBytes(),
            "type" => (fitting with { Tensors = [a with { DataType = 10, Data = a.Data[..(784 * 2 * 2)] }, b] }).ToBytes(),
            "rank" => (fitting with { Tensors = [a, TestAdapters.Tensor(b.Name, new float[9], 3, 3)] }).ToBytes(),
            "cut" => fitting.ToBytes()[..^600],
            _ => "hello, this is no adapter"u8.ToArray(),
        };
        var path = _folder.File("bad.onnx_adapter");
        File.WriteAllBytes(path, bytes);
        var options = new PredictorOptions { Adapters = new Dictionary<string, string> { ["bad"] = path } };
        Assert.Contains(reason, Assert.Throws<ModelException>(() => Predictor.Open(TestAdapters.BaseOf(TestModels.Brightness()), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_inputs_for_adapters_takes_none()
    {
        var (options, _) = Write(TestModels.Brightness());
        Assert.Contains("has no inputs that an adapter could replace", Assert.Throws<ModelException>(() => Predictor.Open(TestModels.Brightness(), options)).Message, StringComparison.Ordinal);
        var missing = new PredictorOptions { Adapters = new Dictionary<string, string> { ["x"] = _folder.File("none") } };
        Assert.Throws<FileNotFoundException>(() => Predictor.Open(TestAdapters.BaseOf(TestModels.Brightness()), missing));
    }

    [Fact]
    public void Changed_adapters_never_end_the_process()
    {
        var model = TestAdapters.BaseOf(TestModels.Brightness());
        var bytes = TestAdapters.For(TestModels.Brightness(), 1).File.ToBytes();
        var path = _folder.File("changed.onnx_adapter");
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 200; i++)
        {
            var changed = bytes.ToArray();
            // The tables are at the ends, the elements between.
            for (var edit = 0; edit <= i % 3; edit++) changed[random.Next(2) == 0 ? random.Next(200) : ^random.Next(1, 200)] = (byte)random.Next(256);
            File.WriteAllBytes(path, changed);
            try
            {
                using var predictor = Predictor.Open(model, new PredictorOptions { Threads = 1, Adapters = new Dictionary<string, string> { ["a"] = path } });
            }
            catch (ModelException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 50, 199);
    }

    /// <summary>Three adapters of different ranks.</summary>
    private (PredictorOptions Options, TestAdapter[] Adapters) Write(byte[] original)
    {
        var adapters = Names.Select((_, i) => TestAdapters.For(original, (ulong)i + 1, rank: i + 1)).ToArray();
        foreach (var (name, adapter) in Names.Zip(adapters)) adapter.File.Save(_folder.File(name + AdapterFile.Extension));
        return (new PredictorOptions { Adapters = Names.ToDictionary(name => name, name => _folder.File(name + AdapterFile.Extension)) }, adapters);
    }

    private static void Near(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }
}
