using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"run": makes what the recipe describes, as far as it is not cached.</summary>
internal static class RunCommand
{
    public static Command Create(CliServices services)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would run, and why." };
        var json = new Option<bool>("--json") { Description = "Print the run's record as JSON." };
        var overfit = new Option<int?>("--overfit") { Description = "Try to memorise N training samples, without anything that regularises, and say whether that worked.", HelpName = "N" };
        var fastDevRun = new Option<bool>("--fast-dev-run") { Description = "Run everything once on a few small batches; artifacts/latest stays as it is." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("run", "Run a recipe; what is cached is not made again.") { dryRun, json, overfit, fastDevRun, remote, artifacts };
        var arguments = RecipeArguments.AddTo(command, recipeRequired: true);
        var cluster = ClusterArguments.AddTo(command);
        overfit.Validators.Add(result => { if (result.GetValue(overfit) is < 1) result.AddError("--overfit: expected at least 1 sample."); });
        command.Validators.Add(result => { if (result.GetValue(overfit) is not null && result.GetValue(fastDevRun)) result.AddError("--overfit and --fast-dev-run change the same options; give one of them."); });
        command.SetAction((line, cancellation) =>
        {
            var samples = line.GetValue(overfit);
            var request = samples is { } few ? arguments.Read(line, services, $"overfit {few}", recipe => RecipeRewrites.Overfit(recipe, few)) with { Until = TrainStage.StageName }
                : line.GetValue(fastDevRun) ? arguments.Read(line, services, "fast-dev-run", RecipeRewrites.FastDevRun)
                : arguments.Read(line, services);
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var shared = RemoteOption.Read(line, remote, services);
            if (line.GetValue(dryRun)) return Task.FromResult(StatusCommand.Show(request, folder, shared, line.GetValue(json), services));
            if (cluster.IsOnSlurm(line))
            {
                if (request.Aside is { } aside) throw new UsageException($"{aside} is over in no time; leave --executor out.");
                var job = new JobDrafts(cluster.Options(line, arguments.Slurm(line, services), services), services, folder).Run(request, arguments.Mirror(line), RemoteOption.ForNodes(line, remote, services));
                return Task.FromResult(cluster.Follow(line, job, new JobOutput(line.GetValue(json)), services, cancellation));
            }
            var run = Run(request, folder, shared, line.GetValue(json), services, cancellation);
            return Task.FromResult(samples is null ? Cli.Done : Judge(run, request, folder, services));
        });
        return command;
    }

    /// <summary>Runs, and prints what was made.</summary>
    internal static RunRecord Run(RunRequest request, string folder, RunRemote? remote, bool json, CliServices services, CancellationToken cancellation)
    {
        var run = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time, remote: remote).Run(request, cancellation));
        Print(run, folder, json, services);
        return run;
    }

    /// <summary>Prints what a run made.</summary>
    internal static void Print(RunRecord run, string folder, bool json, CliServices services)
    {
        if (json)
        {
            services.Out.WriteLine(JsonSerializer.Serialize(run, RunJson.Default.RunRecord));
            return;
        }
        var table = new TextTable("STAGE", "RESULT", "SECONDS", "KEY", "WHY");
        foreach (var stage in run.Stages) table.Add(stage.Name, stage.Cached ? "cached" : "made", stage.Seconds.ToString("0.0", CultureInfo.InvariantCulture), stage.Key[..12], stage.Reason.Text);
        services.Out.Write(table);
        foreach (var (name, value) in run.Metrics) services.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} = {value:G6}"));
        services.Out.WriteLine($"run {run.Id} in {folder}{(run.Aside is null ? "" : $" ({run.Aside}; artifacts/latest stays as it is)")}");
    }

    /// <summary>Says on stderr, where it does not disturb --json, whether the samples were memorised.</summary>
    private static int Judge(RunRecord run, RunRequest request, string folder, CliServices services)
    {
        var files = new RunFiles(folder);
        if (files.Folder(run, DataStage.StageName) is not { } data || files.Find(run, TrainStage.StageName, TrainStage.ModelFile) is not { } model)
            throw new InvalidOperationException("The run left no data or no trained model to look at.");
        var result = Memorisation.Measure(data, model, request.Recipe);
        services.Error.WriteLine(result.Complete
            ? $"memorised {result.Right} of {result.Samples} samples after {request.Recipe.Train.Epochs} epochs"
            : $"memorised only {result.Right} of {result.Samples} samples after {request.Recipe.Train.Epochs} epochs: raise train.epochs or model size, or try another train.optimizer.learningRate; if nothing helps, look for a fault in data or model");
        return result.Complete ? Cli.Done : Cli.Failed;
    }
}
