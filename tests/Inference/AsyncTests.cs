using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

public sealed class AsyncTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_form_of_an_image_gets_the_answer_that_it_gets_in_place()
    {
        using var folder = new TempFolder();
        var png = TestModels.UniformPng(200);
        await File.WriteAllBytesAsync(folder.File("a.png"), png);
        using var model = Predictor.Open(TestModels.Brightness());
        var expected = model.Predict(png).Probabilities;
        Assert.Equal(expected, (await model.PredictAsync(png)).Probabilities);
        Assert.Equal(expected, (await model.PredictAsync(folder.File("a.png"))).Probabilities);
        Assert.Equal(expected, (await model.PredictAsync(new MemoryStream(png))).Probabilities);
        Assert.Equal(expected, (await model.PredictAsync([png, png]))[1].Probabilities);
        Assert.Equal(expected, (await model.PredictAsync([folder.File("a.png")]))[0].Probabilities);
        Assert.Equal(expected, (await model.PredictPixelsAsync(TestModels.Uniform(200))).Probabilities);
        Assert.Equal(expected, model.Predict([folder.File("a.png"), folder.File("a.png")])[1].Probabilities);
    }

    [Fact]
    public async Task Bad_images_fail_the_task_with_their_name()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("cut.png"), TestModels.UniformPng(1)[..^20]);
        using var model = Predictor.Open(TestModels.Brightness(), new PredictorOptions { Limits = new ImageLimits { MaxBytes = 10_000 } });
        Assert.Contains("cut.png", (await Assert.ThrowsAsync<ImageException>(() => model.PredictAsync(folder.File("cut.png")))).Message, StringComparison.Ordinal);
        Assert.Contains("MaxBytes", (await Assert.ThrowsAsync<ImageException>(() => model.PredictAsync(new MemoryStream(new byte[10_001])))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FileNotFoundException>(() => model.PredictAsync(folder.File("absent.png")));
    }

    [Fact]
    public async Task Cancelling_ends_a_run_that_would_not_end_and_leaves_the_model_usable()
    {
        using var model = Predictor.Open(LoopModel.Make());
        using var source = new CancellationTokenSource();
        var endless = model.PredictPixelsAsync(TestModels.Uniform(255), source.Token);
        // Another call is answered meanwhile, and is not ended with it.
        Assert.Equal("dark", (await model.PredictPixelsAsync(TestModels.Uniform(0))).Top.Label);
        Assert.False(endless.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.WaitAsync(Patience));
        Assert.Equal("dark", model.PredictPixels(TestModels.Uniform(0)).Top.Label);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_does_not_begin()
    {
        using var model = Predictor.Open(LoopModel.Make());
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.PredictAsync(TestModels.UniformPng(255), cancelled).WaitAsync(Patience));
        Assert.Throws<OperationCanceledException>(() => model.PredictPixels(TestModels.Uniform(255), new float[3], cancelled));
    }
}
