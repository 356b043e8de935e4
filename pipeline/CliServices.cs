using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline;

/// <summary>What the command line touches of the world, so that tests can stand in for it.</summary>
internal sealed record CliServices
{
    public static CliServices Default { get; } = new();

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> In { get; init; } = Console.OpenStandardInput;

    /// <summary>Takes results.</summary>
    public TextWriter Out { get; init; } = Console.Out;

    /// <summary>Takes progress and errors.</summary>
    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>Whether <see cref="Error"/> is a terminal, which shows colour and moving bars.</summary>
    public bool Interactive { get; init; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>Whether <see cref="Out"/> is a file or a pipe.</summary>
    public bool OutputRedirected { get; init; } = Console.IsOutputRedirected;

    /// <summary>Whether <see cref="Out"/> is a terminal that shows colour. Source of NO_COLOR: https://no-color.org</summary>
    public bool Colour { get; init; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb") && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The folder that relative paths and recipe names start from.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Gives the environment's variables.</summary>
    public Func<string, string?> GetEnvironment { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>How patient transfers to and from a remote store are; null for as usual.</summary>
    public RemotePolicy? RemotePolicy { get; init; }

    /// <summary>The cluster that "--executor slurm" hands jobs to.</summary>
    public ISlurm Slurm { get; init; } = new Slurm();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long each model whose latency is told is timed for each batch size, in seconds.</summary>
    public double TimingSeconds { get; init; } = LatencyMeter.UsualSeconds;

    /// <summary>The stages of a recipe.</summary>
    public Func<Recipe, StageServices, IReadOnlyList<IStage>> Stages { get; init; } = RecipeStages.For;

    /// <summary>The stage that makes a dataset, for verbs without a recipe.</summary>
    public Func<DataOptions, ulong, StageServices, IStage> DataStage { get; init; } = (data, seed, services) => new DataStage(data, seed, services);

    /// <param name="mirror">A folder or address to take dataset files from first; null for none.</param>
    public StageServices ForStages(string? mirror) => new(mirror) { TimingSeconds = TimingSeconds };
}
