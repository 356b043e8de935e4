using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Pipeline.Tests.Store.Remote;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class RemoteCommandsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private ObjectServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        Directory.CreateDirectory(_folder.File("recipes"));
        await File.WriteAllTextAsync(_folder.File("recipes/small.yaml"), "name: small\nmodel: {name: mlp}\n");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_pushed_here_and_pulled_there_is_latest_there()
    {
        await Done("run", "small", "--remote", "none", "--artifacts", "a");
        Assert.Empty(_server.Requests);
        var pushed = await Done("push", "--artifacts", "a");
        Assert.Matches($@"^pushed 2 artifacts \(2 files, [0-9]+ bytes\) to {_server.Address}; 0 were there\nrun [0-9-]+small\n$", pushed.Output);
        Assert.Matches("data [0-9a-f]{12}: 1 file, 4 bytes\n", pushed.Error);
        Assert.Contains("; 2 were there\n", (await Done("push", "--artifacts", "a")).Output);

        var pulled = await Done("pull", "latest", "--artifacts", "b");
        Assert.Matches(@"run [0-9-]+small in .*; it is now artifacts/latest\n$", pulled.Output);
        Assert.Equal(await File.ReadAllTextAsync(_folder.File("a/latest/run.json")), await File.ReadAllTextAsync(_folder.File("b/latest/run.json")));
        Assert.Equal(await File.ReadAllTextAsync(_folder.File("a/latest/model.txt")), await File.ReadAllTextAsync(_folder.File("b/latest/model.txt")));
        Assert.Single(new RunHistory(_folder.File("b")).Runs);
        Assert.Matches("data +cached", (await Done("status", "small", "--remote", "none", "--artifacts", "b")).Output);
        Assert.Equal(Cli.Done, (await Run("cache", "verify", "--artifacts", "b")).Code);
    }

    [Fact]
    public async Task Status_and_dry_run_say_what_the_remote_has()
    {
        await Done("run", "small", "--artifacts", "a");
        Assert.Matches("data +remote .*\ntrain +remote ", (await Done("status", "small", "--artifacts", "b")).Output);
        Assert.Matches("data +remote .*\ntrain +would run", (await Done("run", "small", "--dry-run", "--set", "train.epochs=3", "--artifacts", "b")).Output);
    }

    [Fact]
    public async Task Only_some_stages_of_a_run_can_be_pulled()
    {
        await Done("run", "small", "--artifacts", "a");
        var id = new RunHistory(_folder.File("a")).Runs.Single().Id;
        var pulled = await Done("pull", id, "--only", "train", "--artifacts", "b");
        Assert.Contains("pulled 1 artifact (1 file,", pulled.Output);
        Assert.Equal("train", Assert.Single(Store("b").Keys.Select(k => Store("b").ReadManifest(k)!.Identity.Stage)));
        Assert.False(Directory.Exists(_folder.File("b/latest")));
        Assert.Contains("data, train", (await Run("pull", id, "--only", "trian", "--artifacts", "b")).Error);
    }

    [Fact]
    public async Task A_later_run_stays_latest_unless_asked()
    {
        await Done("run", "small", "--artifacts", "a");
        await Done("run", "small", "--remote", "none", "--set", "train.epochs=3", "--artifacts", "b");
        Assert.Contains("artifacts/latest stays the later run", (await Done("pull", "latest", "--artifacts", "b")).Output);
        Assert.Contains("it is now artifacts/latest", (await Done("pull", "latest", "--latest", "--artifacts", "b")).Output);
        Assert.Equal(await File.ReadAllTextAsync(_folder.File("a/latest/model.txt")), await File.ReadAllTextAsync(_folder.File("b/latest/model.txt")));
    }

    [Fact]
    public async Task An_artifact_goes_by_its_key()
    {
        await Done("run", "small", "--remote", "none", "--artifacts", "a");
        var key = Store("a").Keys.First().ToString();
        using var report = JsonDocument.Parse((await Done("push", key[..14], "--json", "--artifacts", "a")).Output);
        Assert.Equal("moved", report.RootElement.GetProperty("artifacts")[0].GetProperty("state").GetString());
        Assert.Equal(1, report.RootElement.GetProperty("files").GetInt32());
        await Done("pull", key, "--artifacts", "b");
        Assert.Equal(key, Store("b").Keys.Single().ToString());
    }

    [Fact]
    public async Task All_of_a_store_is_pushed_and_a_run_without_its_artifacts_is_not()
    {
        await Done("run", "small", "--remote", "none", "--artifacts", "a");
        await Done("run", "small", "--remote", "none", "--set", "train.epochs=3", "--artifacts", "a");
        var runs = new RunHistory(_folder.File("a")).Runs.ToArray();
        Assert.True(Store("a").Remove(ArtifactKey.Parse(runs[1].Stages[^1].Key)));
        Assert.Contains($"run {runs[0].Id}\n", (await Done("push", "--all", "--artifacts", "a")).Output);
        Assert.DoesNotContain($"runs/{runs[1].Id}/run.json", _server.Objects.Keys);
        Assert.Equal(2, _server.Objects.Keys.Count(k => k.StartsWith("stages", StringComparison.Ordinal)));

        var (code, _, error) = await Run("push", runs[1].Id, "--artifacts", "a");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("neither here nor there", error);
        Assert.Contains($"run {runs[1].Id}: its record was not pushed", error);
    }

    [Fact]
    public async Task A_damaged_remote_is_told_and_made_good_by_force()
    {
        await Done("run", "small", "--artifacts", "a");
        var blob = _server.Objects.Keys.First(k => k.StartsWith("blobs", StringComparison.Ordinal));
        _server.Objects[blob] = [.. _server.Objects[blob].Select(b => (byte)(b + 1))];
        var (code, output, error) = await Run("pull", "latest", "--artifacts", "b");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("; 1 damaged", output);
        Assert.Contains("push it again from where it was made, with --force", error);
        Assert.False(Directory.Exists(_folder.File("b/latest")));
        await Done("push", "--force", "--artifacts", "a");
        await Done("pull", "latest", "--artifacts", "b");
        Assert.True(Directory.Exists(_folder.File("b/latest")));
    }

    [Fact]
    public async Task Other_content_under_the_same_key_is_told_and_stays()
    {
        await Done("run", "small", "--artifacts", "a");
        await Run(Services(odd: true), "run", "small", "--remote", "none", "--artifacts", "b");
        var (code, output, error) = await Run("push", "--artifacts", "b");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("; 1 differs", output);
        Assert.Contains("--force replaces it", error);
        (code, _, error) = await Run("pull", "latest", "--artifacts", "b");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("other content was made here", error);
    }

    [Fact]
    public async Task Trials_of_a_sweep_share_the_remote_and_its_one_warning()
    {
        var services = Services();
        services = services with
        {
            Stages = (recipe, given) =>
            [
                .. Services().Stages(recipe, given),
                new FakeStage("evaluate", context => File.WriteAllText(Path.Combine(context.Output, "metrics.json"), """{"validation": {"accuracy": 0.5}}"""))
                {
                    Inputs = ["train"],
                    Shown = [new ShownFile("metrics.json", "metrics.json")],
                },
            ],
        };
        string[] sweep = ["sweep", "small", "--set", "train.epochs=1,2,3", "--parallel", "3", "--artifacts"];
        Assert.Equal(Cli.Done, (await Run(services, [.. sweep, "a"])).Code);
        var made = _server.Requests.Count(r => r.StartsWith("PUT stages", StringComparison.Ordinal));
        Assert.Equal(7, made); // The data once, and for each trial its training and its evaluation.

        Assert.Equal(Cli.Done, (await Run(services, [.. sweep, "b"])).Code);
        Assert.Equal(made, _server.Requests.Count(r => r.StartsWith("PUT stages", StringComparison.Ordinal)));
        Assert.All(new RunHistory(_folder.File("b")).Runs, run => Assert.All(run.Stages, s => Assert.True(s.Cached)));

        await _server.DisposeAsync();
        var (code, _, error) = await Run(services, [.. sweep, "c"]);
        Assert.Equal(Cli.Done, code);
        Assert.Single(error.Split('\n'), l => l.Contains("left alone from here on", StringComparison.Ordinal));
        Assert.Single(error.Split('\n'), l => l.Contains("pipeline push --all", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "{}", "is no record" },
        { "[", "is no record" },
        { "id", "is no record" },
        { "key", "is no record" },
        { "shown as", "is no record" },
        { "shown file", "is no file of its artifact" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_record_that_lies_is_refused_and_writes_nothing_outside(string lie, string expected)
    {
        await Done("run", "small", "--artifacts", "a");
        var run = new RunHistory(_folder.File("a")).Runs.Single();
        RunRecord WithShown(ShownFile file) => run with { Stages = [.. run.Stages.Select(s => s with { Shown = [file] })] };
        var text = lie switch
        {
            "id" => Text(run with { Id = "../../evil" }),
            "key" => Text(run with { Stages = [run.Stages[0] with { Key = "../x" }] }),
            "shown as" => Text(WithShown(new ShownFile("data.txt", "../../evil"))),
            "shown file" => Text(WithShown(new ShownFile("../../../../recipes/small.yaml", "model.txt"))),
            _ => lie,
        };
        _server.Objects[RemoteLayout.Latest] = System.Text.Encoding.UTF8.GetBytes(text);
        var (code, _, error) = await Run("pull", "latest", "--artifacts", "b");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains(expected, error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "evil*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(_folder.File("b/latest")));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_what_can()
    {
        Assert.Contains("--remote URL or ONNX_PIPELINE_REMOTE", (await Refused("push", "--remote", "none")).Error);
        Assert.Contains("No run has finished yet", (await Refused("push")).Error);
        Assert.Contains("No run has been pushed", (await Refused("pull", "latest")).Error);
        Assert.Contains("the whole ID is needed", (await Refused("pull", "2025")).Error);
        Assert.Contains("no run 'nothing'", (await Refused("push", "nothing")).Error);
        Assert.Contains("--all pushes everything", (await Refused("push", "--all", "latest")).Error);
        Assert.Contains("leave --only out", (await Refused("pull", "x", "--only", "train", "--latest")).Error);
        Assert.Contains("'ftp'", (await Refused("run", "small", "--remote", "ftp://host")).Error);
    }

    private static string Text(RunRecord run) => JsonSerializer.Serialize(run, RunJson.Default.RunRecord);

    private ArtifactStore Store(string artifacts) => new(_folder.File($"{artifacts}/store"));

    private async Task<(int Code, string Output, string Error)> Done(params string[] line)
    {
        var ended = await Run(line);
        Assert.True(ended.Code == Cli.Done, $"{ended}");
        return ended;
    }

    private async Task<(int Code, string Output, string Error)> Refused(params string[] line)
    {
        var ended = await Run(line);
        Assert.True(ended.Code == Cli.BadUsage, $"{ended}");
        return ended;
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => Run(Services(), line);

    private Task<(int Code, string Output, string Error)> Run(CliServices services, params string[] line)
    {
        _time.Now = _time.Now.AddMinutes(1);
        return CommandLine.RunAsync(services, line);
    }

    private CliServices Services(bool odd = false) => new()
    {
        Folder = _folder.Path,
        Time = _time,
        RemotePolicy = Remotes.Impatient,
        GetEnvironment = name => name == RemoteAddress.Variable ? _server.Address : null,
        Stages = (recipe, _) =>
        [
            new FakeStage("data", context => File.WriteAllText(Path.Combine(context.Output, "data.txt"), "rows")) { Options = recipe.Data },
            new FakeStage("train", context => File.WriteAllText(Path.Combine(context.Output, "weights.txt"), $"{recipe.Train.Epochs} epochs{(odd ? ", and chance" : "")}"))
            {
                Inputs = ["data"],
                Options = recipe.Train,
                Shown = [new ShownFile("weights.txt", "model.txt")],
            },
        ],
    };
}
