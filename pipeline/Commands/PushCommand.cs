using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"push": gives artifacts and runs to a remote store.</summary>
internal static class PushCommand
{
    public static Command Create(CliServices services)
    {
        var what = new Argument<string[]>("RUN|KEY") { Description = "Runs, by ID or as 'latest', with all they made; or artifacts by key. [default: latest]", Arity = ArgumentArity.ZeroOrMore }.RefusingOptions();
        var all = new Option<bool>("--all") { Description = "Every artifact of the store, and every finished run." };
        var force = new Option<bool>("--force") { Description = "Put what the remote seems to have, to make good what is damaged there." };
        var json = new Option<bool>("--json") { Description = "Print what was pushed as JSON." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("push", "Give artifacts and runs to a remote store, as far as it lacks them.") { what, all, force, json, remote, artifacts };
        command.Validators.Add(result => { if (result.GetValue(all) && result.GetValue(what) is { Length: > 0 }) result.AddError("--all pushes everything; leave the names out, or --all."); });
        command.SetAction(async (line, cancellation) =>
        {
            using var progress = new TransferProgress(services.Error, services.Time, services.Interactive);
            using var objects = RemoteOption.Require(line, remote, services, progress);
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var store = new ArtifactStore(Path.Combine(folder, ArtifactStore.FolderName), services.Time);
            var chosen = PushSelection.Of(line.GetValue(what) ?? [], line.GetValue(all), store, new RunHistory(folder));

            var pusher = new ArtifactPusher(store, objects, line.GetValue(force));
            var pushed = new Dictionary<string, ArtifactTransfer>();
            foreach (var key in chosen.Keys)
            {
                var artifact = await pusher.PushAsync(key, cancellation);
                progress.WriteLine(TransferText.Line(artifact));
                pushed.Add(artifact.Key, artifact);
            }
            // A record whose artifacts are not all there would only disappoint those who pull it.
            var whole = chosen.Runs.Where(r => r.Stages.All(s => pushed[s.Key].IsThere)).OrderBy(r => r.Started).ToArray();
            var runs = new RemoteRuns(objects);
            foreach (var run in whole) await runs.PushAsync(run, cancellation);

            var report = TransferReport.Of(objects.Name, pushed.Values, [.. whole.Select(r => r.Id)]);
            if (line.GetValue(json))
            {
                services.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.TransferReport));
            }
            else
            {
                services.Out.WriteLine(TransferText.Summary(report, "pushed", "to"));
                foreach (var run in report.Runs) services.Out.WriteLine($"run {run}");
            }
            foreach (var run in chosen.Runs.Except(whole)) services.Error.WriteLine($"run {run.Id}: its record was not pushed, since not all it made is there");
            return report.Artifacts.All(a => a.IsThere) ? Cli.Done : Cli.Failed;
        });
        return command;
    }
}
