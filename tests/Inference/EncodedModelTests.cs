using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

/// <summary>A model that decodes image files itself, used as any other.</summary>
public sealed class EncodedModelTests
{
    [Fact]
    public void A_file_pixels_and_a_folder_are_classified()
    {
        using var predictor = Predictor.Open(TestModels.Encoded());
        foreach (var value in (byte[])[0, 100, 255])
        {
            var expected = TestModels.Expected(value / 255.0);
            Near(expected, predictor.Predict(TestModels.UniformPng(value)).Probabilities);
            Near(expected, predictor.PredictPixels(TestModels.Uniform(value, channels: 3)).Probabilities);
        }
        var batch = predictor.Predict([TestModels.UniformPng(0), TestModels.UniformPng(255)]);
        Assert.Equal(["dark", "bright"], batch.Select(p => p.Top.Label));
    }

    [Fact]
    public async Task A_folder_goes_on_behind_a_file_that_does_not_decode()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("a.png"), TestModels.UniformPng(0));
        File.WriteAllBytes(folder.File("b.png"), TestModels.UniformPng(0)[..40]);
        File.WriteAllBytes(folder.File("c.png"), TestModels.UniformPng(255));
        using var predictor = Predictor.Open(TestModels.Encoded());
        var rows = new List<FolderRow>();
        await foreach (var row in new FolderPredictor(predictor).PredictAsync([folder.Path])) rows.Add(row);
        Assert.Equal(["dark", null, "bright"], rows.Select(r => r.Prediction?.Top.Label));
        Assert.Contains("cut short", rows[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_decode_are_refused_with_the_reason_and_the_model_goes_on()
    {
        using var predictor = Predictor.Open(TestModels.Encoded());
        var png = TestModels.UniformPng(9);
        Refused([], "empty");
        Refused([1, 2, 3, 4], "not an image");
        Refused(png[..60], "cut short");
        // The start of a JPEG on which the decoder's library would end the process.
        Refused([0xff, 0xd8, 0xff, 0xe0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9], "damaged");
        Refused(TestImages.RgbBmp(2, 2, new byte[12]), "takes PNG and JPEG");
        var damaged = (byte[])png.Clone();
        for (var i = 41; i < damaged.Length - 20; i++) damaged[i] ^= 0x5a;
        Assert.Throws<ImageException>(() => predictor.Predict(damaged));
        Assert.Equal("dark", predictor.Predict(TestModels.UniformPng(0)).Top.Label);

        void Refused(byte[] file, string reason) => Assert.Contains(reason, Assert.Throws<ImageException>(() => predictor.Predict(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_are_checked_too_before_the_decoder_has_them()
    {
        using var session = ModelSession.Open(TestModels.Encoded());
        using var input = OrtValue.CreateTensorValueFromMemory(new byte[] { 0xff, 0xd8, 0xff, 0xd9 }, [4]);
        Assert.Throws<ImageException>(() => session.Run(["image"], [input], ["probabilities"]));
    }

    [Fact]
    public void Limits_hold_for_files_that_the_graph_decodes()
    {
        using var predictor = Predictor.Open(TestModels.Encoded(), new PredictorOptions { Limits = new ImageLimits { MaxSide = 28 } });
        Assert.Contains("29x28", Assert.Throws<ImageException>(() => predictor.Predict(TestImages.GreyPng(29, 28, new byte[29 * 28]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_such_operators_and_nothing_that_says_what_goes_in_is_refused() =>
        Assert.Contains("export.input: encoded", Assert.Throws<ModelException>(() => ModelSession.Open(TestModels.Encoded(metadata: false))).Message, StringComparison.Ordinal);

    private static void Near(float[] expected, IReadOnlyList<float> actual)
    {
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, 1e-5);
    }
}
