using System.Collections.Concurrent;
using System.Text.Json;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<string> _trained = [];

    public SweepCommandTests() => File.WriteAllText(_folder.File("small.yaml"), "name: small\nmodel: {name: mlp}\ntrain: {epochs: 9}\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trials_are_ranked_recorded_and_leave_latest_alone()
    {
        await Run("run", "small.yaml");
        var latest = File.ReadAllText(_folder.File("artifacts/latest/run.json"));
        var (code, output, error) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,30,20", "--set", "data.limit=5");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"train.batchSize +validation.accuracy +SEEDS +STATUS +RUN +WHY\n30 +0.3 .*\n20 +0.2 .*\n10 +0.1 ", output);
        Assert.Matches(@"best: run \S+, validation.accuracy = 0.3\nto make it artifacts/latest, all of it cached: pipeline run small.yaml --set train.batchSize=30 --set data.limit=5\nsweep small-", output);
        Assert.Contains("trial 2: train.batchSize=30", error);
        Assert.Contains("(3/3)", error);
        Assert.Equal(latest, File.ReadAllText(_folder.File("artifacts/latest/run.json")));

        using var record = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(_folder.File("artifacts/sweeps"), "sweep.json", SearchOption.AllDirectories).Single()));
        Assert.Equal(["10", "30", "20"], record.RootElement.GetProperty("trials").EnumerateArray().Select(t => t.GetProperty("values").GetProperty("train.batchSize").GetString()));
        Assert.Equal("done", record.RootElement.GetProperty("trials")[0].GetProperty("status").GetString());
        var (_, diff, _) = await Run("diff", "latest", "latest", "--json");
        Assert.Contains(JsonDocument.Parse(latest).RootElement.GetProperty("id").GetString()!, diff);
    }

    [Fact]
    public async Task The_same_sweep_again_is_cached_and_the_best_is_published_when_asked_for()
    {
        string[] line = ["sweep", "small.yaml", "--set", "train.batchSize=10,30,20"];
        await Run(line);
        Assert.Equal(3, _trained.Count);
        Assert.False(Directory.Exists(_folder.File("artifacts/latest")));
        var (code, output, _) = await Run([.. line, "--publish-best"]);
        Assert.Equal((Cli.Done, 3), (code, _trained.Count));
        Assert.Contains("it is now artifacts/latest", output);
        Assert.Contains("0.3", File.ReadAllText(_folder.File("artifacts/latest/metrics.json")));
        Assert.Single(Directory.GetDirectories(_folder.File("artifacts/sweeps")));
    }

    [Fact]
    public async Task A_failed_trial_is_reported_the_rest_finish_and_the_exit_code_is_1()
    {
        var (code, output, error) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,13,20,40", "--parallel", "1");
        Assert.Equal(Cli.Failed, code);
        Assert.Matches(@"\n40 +0.4 +1 +done.*\n20 +0.2 .*\n10 +0.1 .*\n13 +- +1 +failed +- +Stage 'train' failed: 13 is unlucky", output);
        Assert.Contains("trial 2: failed: Stage 'train' failed: 13 is unlucky (2/4)", error);
        Assert.Contains("best: run", output);
    }

    [Fact]
    public async Task A_sweep_in_which_all_fail_still_ends_with_its_table()
    {
        var (code, output, _) = await Run("sweep", "small.yaml", "--set", "train.batchSize=13", "--repeat", "2", "--halving");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("13 is unlucky", output);
        Assert.DoesNotContain("best:", output);
    }

    [Fact]
    public async Task Repeats_give_mean_and_deviation()
    {
        var (_, output, _) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--repeat", "3", "--metric", "noisy.loss");
        Assert.Matches(@"\n10 +11 ± 1 +3 .*\n20 +21 ± 1 +3 ", output);
    }

    [Fact]
    public async Task Halving_trains_the_better_ones_longer_and_says_who_was_given_up()
    {
        var (code, output, error) = await Run("sweep", "small.yaml", "--set", $"train.batchSize={string.Join(',', Enumerable.Range(1, 9))}", "--halving");
        Assert.Equal(Cli.Done, code);
        Assert.Contains("rungs of 9 × 1 epochs, 3 × 3 epochs, 1 × 9 epochs, 13 runs", error);
        Assert.Matches(@"\n9 +0.09 .* done.*\n8 +0.08 +1 +stopped +\S+ +given up after 3 epochs: place 2 of 3 by validation.accuracy\n7 .*\n6 .* given up after 1 epochs: place 4 of 9", output);
        Assert.Equal(13, _trained.Count);
        Assert.Equal(["9 for 9"], _trained.Where(t => t.EndsWith(" 9")));
    }

    [Fact]
    public async Task Json_is_the_record_and_a_dry_run_lists_the_trials_and_runs_nothing()
    {
        var (code, output, _) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--dry-run", "--repeat", "2");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"TRIAL +train.batchSize +SEED\n1 +10 +0\n2 +10 +1\n3 +20 +0\n4 +20 +1\nsweep small-[0-9a-f]+: 2 combinations, 2 seeds each, 4 runs\n", output);
        (_, output, _) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--dry-run", "--json");
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetArrayLength());
        Assert.Empty(_trained);
        Assert.False(Directory.Exists(_folder.File("artifacts")));

        (_, output, _) = await Run("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--json");
        using var sweep = JsonDocument.Parse(output);
        Assert.Equal(0.1, sweep.RootElement.GetProperty("trials")[0].GetProperty("metrics").GetProperty("validation.accuracy").GetDouble());
    }

    [Theory]
    [InlineData("--set train.epohcs=1,2", "unknown key 'epohcs'")]
    [InlineData("", "There is nothing to sweep")]
    [InlineData("--set train.epochs=1,2 --metric test.samples", "--minimize")]
    [InlineData("--set train.epochs=1,2 --metric validation.accuracy1.f1", "no metric 'validation.accuracy1.f1'")]
    [InlineData("--set train.epochs=1,2 --parallel 0", "at least 1 trial")]
    [InlineData("--set train.epochs=1,2 --repeat 0", "--repeat: expected a value in [1, 1000], found 0")]
    [InlineData("--set train.epochs=1,2 --eta 3", "add --halving")]
    [InlineData("--set train.epochs=9 --set train.batchSize=1,2 --halving --min-epochs 0", "--min-epochs: expected at least 1, found 0")]
    public async Task Bad_usage_ends_with_2(string arguments, string expected)
    {
        var (code, output, error) = await Run(["sweep", "small.yaml", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task The_recipes_own_sweep_needs_no_flags_and_changes_no_key()
    {
        File.AppendAllText(_folder.File("small.yaml"), "sweep:\n  set:\n    train.batchSize: [10, 20]\n  metric: noisy.loss\n");
        var (code, output, _) = await Run("sweep", "small.yaml");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"noisy.loss.*\n10 ", output);
        (_, output, _) = await Run("run", "small.yaml", "--set", "train.batchSize=10");
        Assert.Equal(2, _trained.Count);
        Assert.DoesNotContain("sweep", File.ReadAllText(_folder.File("artifacts/latest/run.json")));
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => CommandLine.RunAsync(
        new CliServices
        {
            Folder = _folder.Path,
            Stages = (recipe, _) =>
            [
                new FakeStage("data", context => File.WriteAllText(Path.Combine(context.Output, "data.txt"), "data")) { Options = recipe.Data },
                new FakeStage("train", context =>
                {
                    _trained.Add($"{recipe.Train.BatchSize} for {recipe.Train.Epochs}");
                    if (recipe.Train.BatchSize == 13) throw new InvalidDataException("13 is unlucky");
                    File.WriteAllText(Path.Combine(context.Output, "metrics.json"), JsonSerializer.Serialize(new
                    {
                        validation = new { accuracy = recipe.Train.BatchSize / 100.0 },
                        noisy = new { loss = (ulong)recipe.Train.BatchSize + recipe.Seed },
                    }));
                })
                {
                    Inputs = ["data"],
                    Options = new { Train = TrainStage.Deciding(recipe.Train), recipe.Seed },
                    Shown = [new("metrics.json", "metrics.json")],
                },
            ],
        }, line);
}
