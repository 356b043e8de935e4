using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class CliTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private Action _inTrain = () => { };

    public CliTests()
    {
        Directory.CreateDirectory(_folder.File("recipes"));
        File.WriteAllText(_folder.File("recipes/small.yaml"), "name: small\nmodel: {name: mlp}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_verb_is_called_as_it_is_listed() =>
        Assert.All(Cli.Verbs, verb => Assert.Equal(verb.Name, verb.Create(CliServices.Default).Name));

    [Fact]
    public async Task Help_lists_every_verb_unless_it_is_asked_of_one()
    {
        var (_, all, _) = await Run("--help");
        Assert.All(Cli.Verbs, verb => Assert.Matches($@"\n +{verb.Name} ", all));
        var (_, one, _) = await Run("predict", "--help");
        Assert.Contains("--move-to", one);
    }

    [Fact]
    public async Task Run_prints_the_result_on_stdout_and_progress_on_stderr()
    {
        var (code, output, error) = await Run("run", "small");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"STAGE +RESULT +SECONDS +KEY +WHY\ndata +made .* first time\ntrain +made", output);
        Assert.Contains("test.accuracy = 0.9\n", output);
        Assert.Contains("train: running (", error);
        Assert.Contains("train: epoch 10/10 loss 0.5", error);
        Assert.DoesNotContain('\u001b', output + error);

        (code, output, error) = await Run("run", "small");
        Assert.Equal(Cli.Done, code);
        Assert.Contains("train  cached", output);
        Assert.Contains("train: cached (", error);
    }

    [Fact]
    public async Task Run_as_json_is_the_record()
    {
        var (_, output, _) = await Run("run", "small", "--json", "--set", "seed=7");
        using var run = JsonDocument.Parse(output);
        Assert.Equal("small", run.RootElement.GetProperty("recipe").GetString());
        Assert.Equal(7, run.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal("first-time", run.RootElement.GetProperty("stages")[1].GetProperty("reason").GetProperty("kind").GetString());
        Assert.Equal(File.ReadAllText(_folder.File("artifacts/latest/run.json")), output);
    }

    [Fact]
    public async Task Status_and_dry_run_say_what_would_run_and_run_nothing()
    {
        var (code, output, _) = await Run("status", "small");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"data +would run +[0-9a-f]{12} +first time\ntrain +not known +- +input 'data' is made first", output);
        Assert.False(Directory.Exists(_folder.File("artifacts")));

        await Run("run", "small");
        (_, output, _) = await Run("run", "small", "--dry-run", "--set", "train.epochs=3");
        Assert.Contains("option epochs changed from 10 to 3", output);
        (_, output, _) = await Run("status", "small", "--json", "--force", "train");
        using var status = JsonDocument.Parse(output);
        Assert.Equal(["cached", "forced"], status.RootElement.EnumerateArray().Select(s => s.GetProperty("reason").GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Runs_and_diff_show_options_and_metrics()
    {
        await Run("run", "small");
        _time.Now = _time.Now.AddMinutes(1);
        await Run("run", "small", "--set", "train.epochs=3", "--set", "train.clipNorm=1");
        var (_, output, _) = await Run("runs");
        Assert.Matches(@"RUN +STATUS +SECONDS +MADE +CACHED +METRICS\n20250301-120100-small +finished +0.0 +1 +1 +test.accuracy=0.3\n20250301-120000-small +finished +0.0 +2 +0 +test.accuracy=0.9\n", output);

        int code;
        (code, output, _) = await Run("diff", "20250301-1200", "latest");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"train.clipNorm +null +1\ntrain.epochs +10 +3\n", output);
        Assert.Matches(@"test.accuracy +0.9 +0.3 +-0.6\n", output);
        (_, output, _) = await Run("diff", "latest", "latest", "--json");
        Assert.Empty(JsonDocument.Parse(output).RootElement.GetProperty("options").EnumerateArray());

        string error;
        (code, _, error) = await Run("diff", "2025", "latest");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("'2025' fits 2 runs", error);
        (code, _, error) = await Run("diff", "nope", "latest");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("There is no run 'nope'", error);
    }

    [Fact]
    public async Task Cache_lists_verifies_and_collects()
    {
        await Run("run", "small");
        var (_, output, _) = await Run("cache", "ls");
        Assert.Matches(@"KEY +STAGE +BYTES", output);
        Assert.Equal(3, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var (code, verified, error) = await Run("cache", "verify");
        Assert.Equal((Cli.Done, "2 of 2 artifacts are intact\n"), (code, verified));

        var data = Directory.GetFiles(_folder.File("artifacts/store"), "data.txt", SearchOption.AllDirectories).Single();
        var modified = File.GetLastWriteTimeUtc(data);
        File.WriteAllText(data, "dbta");
        File.SetLastWriteTimeUtc(data, modified);
        (code, verified, error) = await Run("cache", "verify");
        Assert.Equal((Cli.Failed, "1 of 2 artifacts are intact\n"), (code, verified));
        Assert.Matches(@"damaged: [0-9a-f]{12} \(data\): the file 'data.txt' has the SHA-256", error);

        _time.Now = DateTimeOffset.UtcNow.AddHours(1);
        (_, output, _) = await Run("cache", "gc", "--keep-runs", "0", "--keep-days", "0", "--dry-run");
        Assert.StartsWith("would remove 2 of 2 artifacts", output);
        Assert.Equal(2, Directory.GetDirectories(_folder.File("artifacts/store/stages")).Length);
    }

    [Fact]
    public async Task Schema_prints_the_schema()
    {
        var (code, output, _) = await Run("schema");
        Assert.Equal((Cli.Done, RecipeSchema.Generate()), (code, output));
    }

    [Theory]
    [InlineData("", "a command is missing. Valid: run, sweep, finetune, features, find-lr, jobs, attach, cancel, status")]
    [InlineData("stauts", "'stauts' is no command. Did you mean 'status'?")]
    [InlineData("cache lss", "'lss' is no command. Did you mean 'ls'?")]
    [InlineData("run", "RECIPE")]
    [InlineData("run smal", "smal: there is no recipe of this name. Did you mean 'small'?")]
    [InlineData("run small --set train.epohcs=1", "--set train.epohcs=1: train: unknown key 'epohcs'")]
    [InlineData("run small --until nothing", "--until nothing: no such stage in this run. Valid: data, train.")]
    [InlineData("run small --frobnicate", "--frobnicate")]
    [InlineData("runs --limit many", "many")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_valid(string line, string expected)
    {
        var (code, output, error) = await Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(expected, error);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_failure_ends_with_1_a_message_and_a_trace_only_when_asked_for()
    {
        _inTrain = () => throw new InvalidDataException("the loss is not finite");
        var (code, output, error) = await Run("run", "small");
        Assert.Equal((Cli.Failed, ""), (code, output));
        Assert.Contains("error: Stage 'train' failed: the loss is not finite\n", error);
        Assert.DoesNotContain("   at ", error);
        (_, _, error) = await Run("run", "small", "--verbose");
        Assert.Contains("   at ", error);
    }

    [Fact]
    public async Task Help_is_on_stdout_and_lists_every_verb()
    {
        var (code, output, error) = await Run("--help");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.All(["run", "sweep", "find-lr", "status", "runs", "diff", "data", "report", "models", "predict", "evaluate", "serve", "doctor", "cache", "schema"], verb => Assert.Matches($@"\n  {verb} ", output));
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] line)
    {
        var services = new CliServices
        {
            Out = new StringWriter { NewLine = "\n" },
            Error = new StringWriter { NewLine = "\n" },
            Interactive = false,
            Folder = _folder.Path,
            Time = _time,
            Stages = (recipe, _) =>
            [
                new FakeStage("data", context => File.WriteAllText(Path.Combine(context.Output, "data.txt"), "data")),
                new FakeStage("train", context =>
                {
                    _inTrain();
                    context.Progress.Note($"epoch {recipe.Train.Epochs}/{recipe.Train.Epochs} loss 0.5");
                    File.WriteAllText(Path.Combine(context.Output, "metrics.json"), $$"""{"test.accuracy": {{(recipe.Train.Epochs == 10 ? 0.9 : 0.3)}}}""");
                })
                {
                    Inputs = ["data"],
                    Options = recipe.Train,
                    Shown = [new("metrics.json", "metrics.json")],
                },
            ],
        };
        var code = await Cli.RunAsync(line, services);
        return (code, services.Out.ToString()!, services.Error.ToString()!);
    }
}
