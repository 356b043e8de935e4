using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"sweep": runs a recipe again and again with other options, and says which were the best.</summary>
internal static class SweepCommand
{
    public static Command Create(CliServices services)
    {
        var parallel = new Option<int?>("--parallel") { Description = "Trials at once; the cores are shared between them. By default one a core, at most 8, and one alone on a CUDA device; with --executor slurm as many as Slurm lets.", HelpName = "N" };
        parallel.Validators.Add(result => { if (result.GetValue(parallel) is < 1) result.AddError("--parallel: expected at least 1 trial at once."); });
        var publishBest = new Option<bool>("--publish-best") { Description = "Make the best trial's run artifacts/latest; trials themselves never are." };
        var mirror = new Option<string>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only list the trials." };
        var json = new Option<bool>("--json") { Description = "Print the sweep's record as JSON." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("sweep", "Run a recipe with every combination of some values, or with random ones, and rank the results.") { parallel, publishBest, mirror, dryRun, json, remote, artifacts };
        var arguments = SweepArguments.AddTo(command);
        var cluster = ClusterArguments.AddTo(command);
        command.SetAction((line, cancellation) =>
        {
            var plan = arguments.Read(line, services);
            if (line.GetValue(dryRun)) return Task.FromResult(List(plan, line.GetValue(json), services));
            if (cluster.IsOnSlurm(line))
            {
                services.Error.WriteLine(Summary(plan));
                var slurm = cluster.Options(line, arguments.Slurm(line, services), services);
                slurm = slurm with { MaxTasks = line.GetValue(parallel) ?? slurm.MaxTasks };
                var job = new JobDrafts(slurm, services, ArtifactsOption.Read(line, artifacts, services)).Sweep(plan, line.GetValue(mirror), RemoteOption.ForNodes(line, remote, services));
                return Task.FromResult(cluster.Follow(line, job, new JobOutput(line.GetValue(json), line.GetValue(publishBest)), services, cancellation));
            }
            var first = plan.Points[0];
            var onDevice = Device.Parse(plan.RecipeOf(first, first.Trials[0], plan.Rungs[^1]).Train.Device).IsCuda;
            var share = SweepShare.Of(line.GetValue(parallel), plan.Runs, onDevice, Environment.ProcessorCount);
            var shared = RemoteOption.Read(line, remote, services);
            var trials = new TrialRuns(services, ArtifactsOption.Read(line, artifacts, services), line.GetValue(mirror), share.Threads, shared);
            var sweep = SweepView.Watch(services, plan.Runs, observer =>
            {
                observer.Noted(Summary(plan) + $", {share.Trials} at once");
                return new SweepRunner(plan, trials.Run, share.Trials, observer).Run(cancellation);
            });
            foreach (var warning in shared?.Warnings ?? []) services.Error.WriteLine(warning);
            var rerun = ShellText.Line(["pipeline", "run", arguments.RecipeName(line), .. Given(line, artifacts), .. Given(line, mirror)]);
            var outcome = new SweepOutcome(sweep, trials, rerun, number => [.. plan.SetsOf(PointOf(number))], services);
            return Task.FromResult(outcome.Show(line.GetValue(json), line.GetValue(publishBest) ? number => plan.RecipeOf(PointOf(number), PointOf(number).Trials[0], plan.Rungs[^1]) : null, cancellation));

            SweepPoint PointOf(int number) => plan.Points.First(p => p.Trials[0].Number == number);
        });
        return command;
    }

    /// <summary>An option as it was given; nothing where it was not.</summary>
    private static IEnumerable<string> Given(ParseResult line, Option<string> option) =>
        line.GetResult(option) is { Implicit: false } && line.GetValue(option) is { } value ? [option.Name, value] : [];

    private static int List(SweepPlan plan, bool json, CliServices services)
    {
        var lines = plan.Points.SelectMany(p => p.Trials, (point, trial) => new PlannedTrialLine(trial.Number, plan.ValuesOf(point), trial.Seed)).ToArray();
        if (json)
        {
            services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListPlannedTrialLine));
            return Cli.Done;
        }
        string[] paths = [.. plan.Varied];
        var table = new TextTable(["TRIAL", .. paths, "SEED"]);
        foreach (var trial in lines) table.Add([$"{trial.Number}", .. paths.Select(p => trial.Values[p]), $"{trial.Seed}"]);
        services.Out.Write(table);
        services.Out.WriteLine(Summary(plan));
        return Cli.Done;
    }

    /// <summary>For example "sweep digits-3f2a9c81d0e4: 12 combinations, 3 seeds each, 36 runs".</summary>
    private static string Summary(SweepPlan plan)
    {
        var parts = new List<string> { $"{plan.Points.Count} combinations" };
        if (plan.Duplicates > 0) parts.Add($"{plan.Duplicates} more that would be the same run as one of them left out");
        if (plan.Options.Repeat > 1) parts.Add($"{plan.Options.Repeat} seeds each");
        if (plan.Rungs.Count > 1) parts.Add($"rungs of {string.Join(", ", plan.Rungs.Select(r => $"{r.Trials} × {r.Epochs} epochs"))}");
        return $"sweep {plan.Id}: {string.Join(", ", parts)}, {plan.Runs} runs";
    }
}
