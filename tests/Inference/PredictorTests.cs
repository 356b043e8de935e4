using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

public sealed class PredictorTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(0, "dark")]
    [InlineData(128, "middle")]
    [InlineData(255, "bright")]
    public void An_image_gets_the_class_and_probabilities_that_the_weights_say(byte value, string label)
    {
        using var model = Predictor.Open(TestModels.Brightness());
        var prediction = model.Predict(TestModels.UniformPng(value));
        Assert.Equal(label, prediction.Top.Label);
        AssertClose(TestModels.Expected(value / 255.0), prediction.Probabilities);
        Assert.Equal(prediction.Top, prediction.Best(1)[0]);
        Assert.Equal(prediction.Probabilities.Order().Reverse(), prediction.Best(10).Select(c => c.Probability));
    }

    [Fact]
    public void A_path_a_stream_bytes_and_raw_pixels_give_the_same_answer()
    {
        using var folder = new TempFolder();
        var png = TestModels.UniformPng(200);
        File.WriteAllBytes(folder.File("a.png"), png);
        File.WriteAllBytes(folder.File("model.onnx"), TestModels.Brightness());
        using var model = Predictor.Open(folder.File("model.onnx"));
        var expected = model.PredictPixels(TestModels.Uniform(200)).Probabilities;
        Assert.Equal(expected, model.Predict(png).Probabilities);
        Assert.Equal(expected, model.Predict(folder.File("a.png")).Probabilities);
        Assert.Equal(expected, model.Predict(new MemoryStream(png)).Probabilities);
        Assert.Equal(expected, model.Predict([png, png])[1].Probabilities);
    }

    [Fact]
    public void A_batch_gives_what_its_images_give_alone()
    {
        using var model = Predictor.Open(TestModels.Brightness());
        byte[] values = [0, 17, 99, 255, 3];
        var batch = model.PredictPixels(values.SelectMany(v => TestModels.Uniform(v)).ToArray(), values.Length);
        for (var i = 0; i < values.Length; i++) AssertClose(model.PredictPixels(TestModels.Uniform(values[i])).Probabilities, batch[i].Probabilities);
        Assert.Empty(model.PredictPixels([], 0));
    }

    [Fact]
    public void A_model_with_a_fixed_batch_takes_any_number_of_images()
    {
        using var model = Predictor.Open(TestModels.Brightness(batch: 2));
        byte[] values = [0, 128, 255];
        var batch = model.PredictPixels(values.SelectMany(v => TestModels.Uniform(v)).ToArray(), values.Length);
        for (var i = 0; i < values.Length; i++) AssertClose(TestModels.Expected(values[i] / 255.0), batch[i].Probabilities);
    }

    [Fact]
    public void Colour_goes_in_as_red_green_blue_planes()
    {
        var rgb = Enumerable.Repeat(new byte[] { 255, 0, 0 }, TestModels.Side * TestModels.Side).SelectMany(p => p).ToArray();
        using var model = Predictor.Open(TestModels.Brightness(channels: 3));
        var pixels = new byte[model.PixelCount];
        model.Decode(TestImages.RgbPng(TestModels.Side, TestModels.Side, rgb), pixels);
        var plane = TestModels.Side * TestModels.Side;
        Assert.All(pixels.Take(plane), p => Assert.Equal(255, p));
        Assert.All(pixels.Skip(plane), p => Assert.Equal(0, p));
        AssertClose(TestModels.Expected(1 / 3.0), model.PredictPixels(pixels).Probabilities);
    }

    [Fact]
    public void An_image_of_another_size_is_resized()
    {
        using var model = Predictor.Open(TestModels.Brightness());
        var large = new byte[100 * 60];
        Array.Fill(large, (byte)90);
        AssertClose(TestModels.Expected(90 / 255.0), model.Predict(TestImages.GreyPng(100, 60, large)).Probabilities);
    }

    [Fact]
    public void A_model_from_elsewhere_is_used_where_its_input_leaves_no_doubt()
    {
        using var model = Predictor.Open(TestModels.Brightness(metadata: false));
        Assert.Equal(new ImageInput("image", 1, TestModels.Side, TestModels.Side), model.Input);
        Assert.Equal("1", model.PredictPixels(TestModels.Uniform(255)).Top.Label);
        using var labelled = Predictor.Open(TestModels.Brightness(metadata: false), new PredictorOptions { Labels = ["a", "b", "c"] });
        Assert.Equal("b", labelled.PredictPixels(TestModels.Uniform(255)).Top.Label);
    }

    [Fact]
    public void Float_pixels_need_a_normalisation()
    {
        var model = TestModels.Brightness(input: ElementType.Float, metadata: false);
        var error = Assert.Throws<ModelException>(() => Predictor.Open(model));
        Assert.Contains("Normalization", error.Message);
        using var open = Predictor.Open(model, new PredictorOptions { Normalization = PixelNormalization.ZeroToOne });
        AssertClose(TestModels.Expected(51 / 255.0), open.PredictPixels(TestModels.Uniform(51)).Probabilities);
    }

    [Fact]
    public void Logits_are_never_taken_for_probabilities()
    {
        var model = TestModels.Brightness(softmax: false);
        Assert.Contains("Logits", Assert.Throws<ModelException>(() => Predictor.Open(model)).Message);
        using var open = Predictor.Open(model, new PredictorOptions { Logits = true });
        AssertClose(TestModels.Expected(0.2), open.PredictPixels(TestModels.Uniform(51)).Probabilities);
    }

    [Fact]
    public void A_model_that_gives_no_numbers_is_refused_when_it_is_opened() =>
        Assert.Contains("NaN", Assert.Throws<ModelException>(() => Predictor.Open(TestModels.Brightness(nan: true))).Message);

    [Fact]
    public void Metadata_that_does_not_fit_the_model_is_an_error_that_says_where()
    {
        var bytes = TestModels.Brightness();
        Assert.Contains("2 labels", Assert.Throws<ModelException>(() => Predictor.Open(bytes, new PredictorOptions { Labels = ["a", "b"] })).Message);
        Assert.Contains("labels must differ", Assert.Throws<ModelException>(() => Predictor.Open(bytes, new PredictorOptions { Labels = ["a", "b", "a"] })).Message);
        Assert.Contains("probabilities: Float", Assert.Throws<ModelException>(() => Predictor.Open(bytes, new PredictorOptions { Output = "logits" })).Message);
        Assert.Contains("does not fit", Assert.Throws<ModelException>(() => Predictor.Open(bytes, new PredictorOptions { Input = new ImageInput("image", 3, 32, 32) })).Message);
        var damaged = Model.Parse(bytes);
        damaged.Metadata["pipeline.labels"] = "[1, 2";
        Assert.Contains("damaged", Assert.Throws<ModelException>(() => Predictor.Open(damaged.ToBytes())).Message);
    }

    [Fact]
    public void What_is_no_model_is_an_error_that_names_the_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("not.onnx"), "not a model");
        Assert.Contains("not.onnx", Assert.Throws<ModelException>(() => Predictor.Open(folder.File("not.onnx"))).Message);
        Assert.Contains("absent.onnx", Assert.Throws<FileNotFoundException>(() => Predictor.Open(folder.File("absent.onnx"))).Message);
    }

    [Fact]
    public void Bad_images_and_wrong_lengths_are_errors_that_name_them()
    {
        using var folder = new TempFolder();
        using var model = Predictor.Open(TestModels.Brightness());
        var png = TestModels.UniformPng(1);
        File.WriteAllBytes(folder.File("cut.png"), png[..^20]);
        Assert.Contains("cut.png", Assert.Throws<ImageException>(() => model.Predict(folder.File("cut.png"))).Message);
        Assert.Contains("image 1 of 2", Assert.Throws<ImageException>(() => model.Predict([png, png[..30]])).Message);
        Assert.Contains("784", Assert.Throws<ArgumentException>(() => model.PredictPixels(new byte[10])).Message);
        Assert.Contains("room for 2", Assert.Throws<ArgumentException>(() => model.PredictPixels(TestModels.Uniform(1), new float[2])).Message);
        using var small = Predictor.Open(TestModels.Brightness(), new PredictorOptions { Limits = new ImageLimits { MaxBytes = 50 } });
        Assert.Contains("MaxBytes", Assert.Throws<ImageException>(() => small.Predict(new MemoryStream(png))).Message);
    }

    [Fact]
    public async Task Eight_threads_get_the_same_answers_as_one()
    {
        using var model = Predictor.Open(TestModels.Brightness());
        var expected = Enumerable.Range(0, 256).Select(v => model.PredictPixels(TestModels.Uniform((byte)v)).Probabilities.ToArray()).ToArray();
        var threads = Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var value = (thread * 37 + i) % 256;
                Assert.Equal(expected[value], model.PredictPixels(TestModels.Uniform((byte)value)).Probabilities);
                if (i % 50 == 0) AssertClose(expected[value], model.PredictPixels([.. TestModels.Uniform((byte)value), .. TestModels.Uniform(0)], 2)[0].Probabilities);
            }
        }));
        await Task.WhenAll(threads);
    }

    [Fact]
    public async Task Disposing_waits_for_calls_and_refuses_later_ones()
    {
        var model = Predictor.Open(TestModels.Brightness());
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var probabilities = new float[3];
            while (true) model.PredictPixels(TestModels.Uniform(9), probabilities);
        })).ToArray();
        await Task.Delay(50);
        model.Dispose();
        foreach (var caller in callers) await Assert.ThrowsAsync<ObjectDisposedException>(() => caller);
    }

    [Fact]
    public void Raw_pixels_at_batch_one_allocate_nothing_once_warm()
    {
        using var model = Predictor.Open(TestModels.Brightness(), new PredictorOptions { Threads = 1 });
        var pixels = TestModels.Uniform(77);
        var probabilities = new float[3];
        for (var i = 0; i < 200; i++) model.PredictPixels(pixels, probabilities);
        const int calls = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) model.PredictPixels(pixels, probabilities);
        Assert.Equal(0, (GC.GetAllocatedBytesForCurrentThread() - before) / calls);
    }

    internal static void AssertClose(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
