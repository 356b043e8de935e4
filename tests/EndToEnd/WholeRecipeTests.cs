using System.Text.Json;
using System.Text.RegularExpressions;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>From raw bytes to a verified model, and what can be asked of it afterwards.</summary>
[Collection(FinishedRun.Collection)]
public sealed class WholeRecipeTests(FinishedRun finished)
{
    private const int Images = 20;
    private readonly Workplace _workplace = finished.Workplace;

    [DataFact]
    public void A_run_ends_with_a_verified_model_its_figures_and_its_history()
    {
        Assert.True(finished.Ended.Code == 0, $"{finished.Ended}");
        var run = _workplace.Json("run.json");
        Assert.Equal("finished", run.GetProperty("status").GetString());
        Assert.Equal(["data", "model", "train", "export", "evaluate", "report"], run.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
        Assert.InRange(run.GetProperty("metrics").GetProperty("test.accuracy").GetDouble(), 0.6, 1);
        Assert.InRange(_workplace.Json("metrics.json").GetProperty("test").GetProperty("accuracy").GetDouble(), 0.6, 1);

        var verification = _workplace.Json("verify.json");
        Assert.InRange(verification.GetProperty("maxAbsDiff").GetDouble(), 0, 1e-4);
        Assert.Equal(1, verification.GetProperty("agreement").GetDouble());

        var history = _workplace.Json("history.json");
        var epochs = history.GetProperty("epochs").EnumerateArray().Select(e => e.GetProperty("validationLoss").GetDouble()).ToArray();
        Assert.InRange(epochs.Length, 6, 29);
        Assert.Equal(Array.IndexOf(epochs, epochs.Min()) + 1, history.GetProperty("bestEpoch").GetInt32());
        Assert.Contains("early stopping", history.GetProperty("stopped").GetString());
    }

    [DataFact]
    public async Task The_same_run_again_is_cached_and_leaves_the_model_as_it_is()
    {
        var (hash, written) = (_workplace.ModelHash(), File.GetLastWriteTimeUtc(_workplace.Latest("model.onnx")));
        var ended = await _workplace.RunAsync();
        Assert.Equal(0, ended.Code);
        Assert.Equal(6, Regex.Count(ended.Output, @"^(data|model|train|export|evaluate|report) +cached +.* nothing changed$", RegexOptions.Multiline));
        Assert.Equal((hash, written), (_workplace.ModelHash(), File.GetLastWriteTimeUtc(_workplace.Latest("model.onnx"))));
    }

    [DataFact]
    public async Task As_json_a_run_writes_one_document_to_stdout_and_progress_to_stderr()
    {
        var ended = await _workplace.RunAsync("--json");
        using var run = JsonDocument.Parse(ended.Output);
        Assert.All(run.RootElement.GetProperty("stages").EnumerateArray(), stage => Assert.True(stage.GetProperty("cached").GetBoolean()));
        Assert.Contains("train: cached", ended.Error);
    }

    [DataFact]
    public async Task Status_runs_diff_and_cache_tell_of_it()
    {
        var status = await _workplace.DoAsync("status", "small.yaml", "--set", "train.epochs=31");
        Assert.Matches(@"model +cached", status.Output);
        Assert.Matches(@"train +would run .* option .*epochs changed from 30 to 31", status.Output);

        Assert.Equal(0, (await _workplace.RunAsync("--set", "evaluate.batchSize=100")).Code);
        Assert.Matches(@"-small.* +finished .* test.accuracy=0\.\d+", (await _workplace.DoAsync("runs")).Output);
        var oldest = Directory.EnumerateDirectories(Path.Combine(_workplace.Artifacts, "runs")).Select(Path.GetFileName).Min(StringComparer.Ordinal)!;
        Assert.Matches(@"evaluate.batchSize +\d+ +100\n", (await _workplace.DoAsync("diff", oldest, "latest")).Output);

        var verified = await _workplace.DoAsync("cache", "verify");
        Assert.Equal((0, "8 of 8 artifacts are intact\n"), (verified.Code, verified.Output));
        Assert.Matches("export", (await _workplace.DoAsync("cache", "ls")).Output);
    }

    [DataFact]
    public async Task The_exported_model_classifies_image_files()
    {
        var samples = FashionMnist.TestImages(Images);
        Directory.CreateDirectory(_workplace.File("images"));
        for (var i = 0; i < Images; i++)
            await File.WriteAllBytesAsync(_workplace.File($"images/{i:00}.png"), TestImages.GreyPng(FashionMnist.Side, FashionMnist.Side, samples[i].Pixels));

        var ended = await _workplace.DoPlainlyAsync("predict", _workplace.Latest("model.onnx"), "images", "--json");
        Assert.True(ended.Code == 0, $"{ended}");
        var rows = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(Enumerable.Range(0, Images).Select(i => $"{i:00}.png"), rows.Select(r => Path.GetFileName(r.GetProperty("path").GetString())));
        var right = rows.Zip(samples).Count(pair => pair.First.GetProperty("label").GetString() == pair.Second.Label);
        Assert.True(right > Images / 2, $"{right} of {Images} are right\n{ended}");
        Assert.Contains($"{Images} images classified", ended.Error);
    }
}
