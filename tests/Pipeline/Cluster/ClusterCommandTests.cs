using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>Command lines about clusters that are wrong, or where there is no cluster.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ClusterCommandTests() => File.WriteAllText(_folder.File("r.yaml"), "name: r\ndata: {dataset: moons}\nmodel: {name: mlp}\ntrain: {loss: {name: binary-cross-entropy}}\n");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run r.yaml --profile p.yaml", "--profile is for --executor slurm")]
    [InlineData("sweep r.yaml --set train.batchSize=1,2 --slurm cores=1", "--slurm is for --executor slurm")]
    [InlineData("run r.yaml --detach", "--detach is for --executor slurm")]
    [InlineData("run r.yaml --executor kubernetes", "kubernetes")]
    [InlineData("run r.yaml --fast-dev-run --executor slurm", "leave --executor out")]
    [InlineData("run r.yaml --executor slurm --slurm cores=none", "cores")]
    [InlineData("run r.yaml --executor slurm --slurm nodes=2", "unknown key 'nodes'")]
    [InlineData("attach", "There is no job below")]
    [InlineData("cancel 2025", "There is no job '2025'")]
    public async Task A_wrong_command_line_says_what_is_wrong(string line, string expected)
    {
        var (code, _, error) = await CommandLine.RunAsync(new CliServices { Folder = _folder.Path, Slurm = new FakeSlurm() }, line.Split(' '));
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task Jobs_lists_none_where_there_are_none_and_help_hides_what_only_scripts_use()
    {
        var (code, output, _) = await CommandLine.RunAsync(_folder.Path, "jobs", "--artifacts", _folder.File("artifacts"), "--json");
        Assert.Equal(Cli.Done, code);
        Assert.Equal("[]", output.Trim());
        Assert.DoesNotContain("\n  task", (await CommandLine.RunAsync(_folder.Path, "--help")).Output);
    }

    [Fact]
    public async Task A_run_is_handed_in_stage_by_stage_and_a_cancel_takes_all_of_it_back()
    {
        var slurm = new FakeSlurm();
        var services = new CliServices { Folder = _folder.Path, Slurm = slurm };
        var (code, output, error) = await CommandLine.RunAsync(services, "run", "r.yaml", "--executor", "slurm", "--detach", "--json");
        Assert.True(code == Cli.Done, error);
        Assert.Matches(@"^\d{8}-\d{6}-r$", output.Trim());
        Assert.Equal(["r-data", "r-model", "r-train", "r-export", "r-evaluate", "r-report"], slurm.Submitted.Select(s => s.Name));
        Assert.All(slurm.Submitted.Skip(1), s => Assert.True(s.AfterSuccess));
        Assert.Equal(["101"], slurm.Submitted[1].After);
        Assert.Equal(["101", "102"], slurm.Submitted[2].After);
        Assert.Equal(5, slurm.Submitted[^1].After.Count);
        Assert.DoesNotContain(slurm.Submitted, s => s.OnGpu);

        (code, output, error) = await CommandLine.RunAsync(services, "cancel", output.Trim()[..8]);
        Assert.True(code == Cli.Done, error);
        Assert.Equal(6, slurm.Cancelled.Count);
        Assert.Contains("is cancelled", output);
        Assert.Matches("run +cancelled", (await CommandLine.RunAsync(services, "jobs")).Output);
    }

    [Fact]
    public async Task Only_the_stages_that_run_on_cuda_ask_for_a_gpu()
    {
        var slurm = new FakeSlurm();
        var (code, _, error) = await CommandLine.RunAsync(new CliServices { Folder = _folder.Path, Slurm = slurm }, "run", "r.yaml", "--device", "cuda", "--executor", "slurm", "--detach", "--until", "export");
        Assert.True(code == Cli.Done, error);
        Assert.Equal(["r-train"], slurm.Submitted.Where(s => s.OnGpu).Select(s => s.Name));
    }

    [Fact]
    public async Task A_sweep_is_one_array_and_parallel_says_how_many_of_it_at_once()
    {
        var slurm = new FakeSlurm();
        var (code, _, error) = await CommandLine.RunAsync(new CliServices { Folder = _folder.Path, Slurm = slurm }, "sweep", "r.yaml", "--set", "train.batchSize=8,16,32", "--repeat", "2", "--parallel", "3", "--executor", "slurm", "--detach");
        Assert.True(code == Cli.Done, error);
        var batch = Assert.Single(slurm.Submitted);
        Assert.Equal((6, 3), (batch.Tasks, batch.Options.MaxTasks));
    }

    [Fact]
    public async Task Where_there_is_no_slurm_the_error_says_what_to_do()
    {
        var (code, _, error) = await CommandLine.RunAsync(new CliServices { Folder = _folder.Path, Slurm = new Absent() }, "run", "r.yaml", "--executor", "slurm");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("leave --executor out", error);
        Assert.False(Directory.Exists(_folder.File("artifacts/jobs")) && Directory.EnumerateDirectories(_folder.File("artifacts/jobs")).Any());
    }

    private sealed class Absent : Pipeline.Cluster.ISlurm
    {
        public int MaxArraySize => throw new Pipeline.Cluster.SlurmException("Cannot start 'scontrol'. Run it on a login node, or leave --executor out.");

        public string Submit(Pipeline.Cluster.BatchRequest request) => throw new InvalidOperationException();

        public IReadOnlyList<Pipeline.Cluster.QueuedTask> Queue(IReadOnlyCollection<string> jobs) => [];

        public IReadOnlyList<Pipeline.Cluster.QueuedTask> Accounting(IReadOnlyCollection<string> jobs) => [];

        public void Cancel(IReadOnlyCollection<string> jobs)
        {
        }
    }
}
