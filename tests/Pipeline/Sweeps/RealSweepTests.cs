using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

/// <summary>Sweeps and their kin with the real stages, on generated data.</summary>
public sealed class RealSweepTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RealSweepTests() => File.WriteAllText(_folder.File("stripes.yaml"),
        "name: stripes\nseed: 2\nmodel: {name: mlp, hidden: [16], dropout: 0.1}\ntrain: {epochs: 3, batchSize: 16, optimizer: {name: adamw, learningRate: 0.01}, schedule: {name: one-cycle}}\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trials_at_once_give_the_bytes_of_trials_one_after_the_other()
    {
        string[] line = ["sweep", "stripes.yaml", "--set", "train.optimizer.learningRate=1e-6,0.01", "--set", "model.hidden=[8],[16]"];
        var (code, output, _) = await Run([.. line, "--parallel", "4", "--artifacts", "together"]);
        Assert.Equal(Cli.Done, code);
        Assert.Equal(Cli.Done, (await Run([.. line, "--parallel", "1", "--artifacts", "alone"])).Code);
        Assert.Equal(Hashes("together"), Hashes("alone"));
        Assert.Matches(@"\n0.01 .*\n0.01 .*\n1e-6 .*\n1e-6 ", output);
        using var sweep = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(_folder.File("together/sweeps"), "sweep.json", SearchOption.AllDirectories).Single()));
        Assert.All(sweep.RootElement.GetProperty("trials").EnumerateArray(), t => Assert.Equal(3, t.GetProperty("epochs").GetArrayLength()));
    }

    [Fact]
    public async Task A_model_memorises_a_few_samples_and_one_that_cannot_learn_does_not()
    {
        var (code, output, error) = await Run("run", "stripes.yaml", "--overfit", "12");
        Assert.Equal(Cli.Done, code);
        Assert.Contains("memorised 12 of 12 samples after 200 epochs", error);
        Assert.Contains("overfit 12: the recipe with --set data.limit=12 --set data.validation=0 --set train.epochs=200 --set train.batchSize=12 --set model.dropout=0 --set train.optimizer.weightDecay=0 --set 'train.schedule={name: constant}'", error);
        Assert.Contains("artifacts/latest stays as it is", output);
        Assert.False(Directory.Exists(_folder.File("artifacts/latest")));

        (code, _, error) = await Run("run", "stripes.yaml", "--overfit", "12", "--set", "train.optimizer.learningRate=1e-9", "--set", "train.epochs=2");
        Assert.Equal(Cli.Failed, code);
        Assert.Matches("memorised only [0-9]+ of 12 samples after 2 epochs: raise", error);
    }

    [Fact]
    public async Task A_fast_dev_run_goes_through_every_stage_and_leaves_latest_as_it_is()
    {
        var (code, output, error) = await Run("run", "stripes.yaml", "--fast-dev-run", "--set", "train.schedule={name: cosine, warmupEpochs: 2}");
        Assert.Equal(Cli.Done, code);
        Assert.Contains("--set train.epochs=1 --set train.batchSize=16", error);
        Assert.Contains("train: ort", error);
        Assert.Contains("evaluate  made", output);
        Assert.False(Directory.Exists(_folder.File("artifacts/latest")));

        (code, _, error) = await Run("run", "stripes.yaml", "--fast-dev-run", "--overfit", "3");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("give one of them", error);
    }

    [Fact]
    public async Task The_learning_rate_finder_writes_its_curve_and_suggests_a_rate()
    {
        var (code, output, error) = await Run("find-lr", "stripes.yaml");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"LEARNING RATE +LOSS +SMOOTHED\n +1.0e-7 ", output);
        var suggested = double.Parse(Regex.Match(output, @"--set train.optimizer.learningRate=(\S+)").Groups[1].Value);
        Assert.InRange(suggested, 1e-4, 0.5);
        using var curve = JsonDocument.Parse(File.ReadAllText(_folder.File("artifacts/find-lr/stripes/lr-finder.json")));
        Assert.Equal(1e-7, curve.RootElement[0].GetProperty("learningRate").GetDouble());
        Assert.True(curve.RootElement[0].GetProperty("smoothedLoss").GetDouble() > 0);
        Assert.False(Directory.Exists(_folder.File("artifacts/latest")));

        (_, output, error) = await Run("find-lr", "stripes.yaml", "--json");
        Assert.Contains("find-lr: cached", error);
        Assert.Equal(curve.RootElement.GetArrayLength(), JsonDocument.Parse(output).RootElement.GetArrayLength());
        (code, _, error) = await Run("find-lr", "stripes.yaml", "--min", "1", "--max", "0.1");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("expected a number above the lowest, 1", error);
    }

    /// <summary>The key of every artifact with the hash of its bytes.</summary>
    private string[] Hashes(string artifacts) =>
    [
        .. Directory.GetFiles(_folder.File($"{artifacts}/store/stages"), "manifest.json", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetFileName(Path.GetDirectoryName(file))} {JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("hash").GetString()}")
            .Order(StringComparer.Ordinal),
    ];

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => CommandLine.RunAsync(GeneratedImages.In(_folder.Path), line);
}
