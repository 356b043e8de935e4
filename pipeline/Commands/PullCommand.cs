using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"pull": takes runs, with what they made, or single artifacts from a remote store.</summary>
internal static class PullCommand
{
    public static Command Create(CliServices services)
    {
        var what = new Argument<string[]>("RUN|KEY") { Description = "A run by its whole ID, 'latest' for the last that was pushed, or an artifact by its whole key.", Arity = ArgumentArity.OneOrMore }.RefusingOptions();
        var only = new Option<string?>("--only") { Description = "Of runs, bring the artifacts of these stages alone.", HelpName = "STAGE,…" };
        var latest = new Option<bool>("--latest") { Description = "Make the run artifacts/latest, although a later one is there." };
        var json = new Option<bool>("--json") { Description = "Print what was pulled as JSON." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("pull", "Take runs, with what they made, or artifacts from a remote store.") { what, only, latest, json, remote, artifacts };
        command.Validators.Add(result => { if (result.GetValue(latest) && result.GetValue(only) is not null) result.AddError("artifacts/latest is a whole run; leave --only out, or --latest."); });
        command.SetAction(async (line, cancellation) =>
        {
            using var progress = new TransferProgress(services.Error, services.Time, services.Interactive);
            using var objects = RemoteOption.Require(line, remote, services, progress);
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var pull = new Pull(objects, progress, folder, services);
            foreach (var name in line.GetRequiredValue(what))
            {
                if (ArtifactKey.TryParse(name, out var key)) await pull.TakeAsync(key, null, cancellation);
                else await pull.RunAsync(await FindAsync(name, objects, folder, cancellation), line.GetValue(only) is { } stages ? ListOption.Of(stages) : null, line.GetValue(latest), cancellation);
            }
            var report = TransferReport.Of(objects.Name, pull.Artifacts, pull.Runs);
            if (line.GetValue(json))
            {
                services.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.TransferReport));
            }
            else
            {
                services.Out.WriteLine(TransferText.Summary(report, "pulled", "from"));
                foreach (var note in pull.Notes) services.Out.WriteLine(note);
            }
            return report.Artifacts.All(a => a.IsThere) ? Cli.Done : Cli.Failed;
        });
        return command;
    }

    /// <summary>The record as the remote has it, else as it is here.</summary>
    private static async Task<RunRecord> FindAsync(string name, RemoteObjects objects, string folder, CancellationToken cancellation)
    {
        if ((name == RunHistory.LatestName || RunHistory.IsId(name)) && await new RemoteRuns(objects).FindAsync(name, cancellation) is { } run) return run;
        var history = new RunHistory(folder);
        if (history.Has(name)) return history.Find(name);
        throw new UsageException(name == RunHistory.LatestName
            ? $"No run has been pushed to {objects.Name} yet."
            : $"{objects.Name} has no run '{name}'. It cannot be searched, so the whole ID is needed, as 'pipeline runs' shows it where the run was made.");
    }

    /// <summary>What one command brings.</summary>
    private sealed class Pull(RemoteObjects objects, TransferProgress progress, string folder, CliServices services)
    {
        private readonly ArtifactStore _store = new(Path.Combine(folder, ArtifactStore.FolderName), services.Time);
        private readonly LatestFolder _latest = new(folder, services.Time);

        public List<ArtifactTransfer> Artifacts { get; } = [];

        public List<string> Runs { get; } = [];

        /// <summary>What became of runs, for people.</summary>
        public List<string> Notes { get; } = [];

        public async Task<ArtifactTransfer> TakeAsync(ArtifactKey key, string? hash, CancellationToken cancellation)
        {
            var puller = new ArtifactPuller(_store, objects, owner => progress.WriteLine($"{key.Short}: waiting for {owner}, which is making the same artifact"));
            var artifact = await puller.PullAsync(key, hash, cancellation);
            progress.WriteLine(TransferText.Line(artifact));
            Artifacts.Add(artifact);
            return artifact;
        }

        public async Task RunAsync(RunRecord run, string[]? only, bool asLatest, CancellationToken cancellation)
        {
            if (only?.FirstOrDefault(o => run.Stages.All(s => s.Name != o)) is { } unknown)
                throw new UsageException($"--only {unknown}: the run '{run.Id}' has no such stage.{Names.Suggest(unknown, run.Stages.Select(s => s.Name))}");
            var isWhole = true;
            foreach (var stage in run.Stages.Where(s => only is null || only.Contains(s.Name)))
                isWhole &= (await TakeAsync(ArtifactKey.Parse(stage.Key), stage.Hash, cancellation)).IsThere;
            new RunHistory(folder).Add(run);
            Runs.Add(run.Id);
            Notes.Add($"run {run.Id} in {folder}; {(only is not null ? "artifacts/latest stays as it is, since only some stages were pulled" : isWhole ? Show(run, asLatest) : "artifacts/latest stays as it is, since not all of the run is here")}");
        }

        /// <summary>Makes a run artifacts/latest, if it belongs there; what became of that.</summary>
        private string Show(RunRecord run, bool asked)
        {
            if (run.Status != RunStatus.Finished || !_latest.Takes(run)) return "artifacts/latest stays as it is, since the run is no finished one of the recipe's own";
            if (!asked && _latest.Present is { } present && present.Started > run.Started) return $"artifacts/latest stays the later run {present.Id}; --latest replaces it";
            var shown = run.Stages.SelectMany(s => s.Shown, (stage, file) => (Artifact: _store.Find(ArtifactKey.Parse(stage.Key)).Artifact!, File: file)).ToArray();
            if (shown.Length == 0) return "artifacts/latest stays as it is, since the record does not say what to show there";
            if (shown.FirstOrDefault(s => s.Artifact.Manifest.Files.All(f => f.Path != s.File.Path)).File is { } foreign)
                throw new RemoteException(RemoteFault.Damaged, $"The record of run '{run.Id}' shows '{foreign.Path}', which is no file of its artifact; artifacts/latest stays as it is.");
            _latest.Replace(run, shown);
            return "it is now artifacts/latest";
        }
    }
}
