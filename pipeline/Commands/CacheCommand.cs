using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"cache": looks at the artifact store, verifies it, and frees what nobody needs.</summary>
internal static class CacheCommand
{
    public static Command Create(CliServices services) => new("cache", "Look after the artifact store.")
    {
        CreateList(services),
        CreateVerify(services),
        CreateCollect(services),
    };

    private static Command CreateList(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "Print the artifacts as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("ls", "List artifacts, last used first.") { json, artifacts };
        command.SetAction(line =>
        {
            var store = Open(ArtifactsOption.Read(line, artifacts, services), services);
            IReadOnlyList<CacheLine> lines =
            [
                .. store.Keys
                    .Select(key => (Key: key, Manifest: store.ReadManifest(key)))
                    .Where(a => a.Manifest is not null)
                    .Select(a => new CacheLine(a.Key.ToString(), a.Manifest!.Identity.Stage, a.Manifest.Hash, a.Manifest.Bytes, a.Manifest.Created, store.LastUsed(a.Key)))
                    .OrderByDescending(l => l.LastUsed),
            ];
            if (line.GetValue(json))
            {
                services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListCacheLine));
                return;
            }
            var table = new TextTable("KEY", "STAGE", "BYTES", "CREATED", "LAST USED");
            foreach (var l in lines) table.Add(l.Key[..12], l.Stage, l.Bytes.ToString(CultureInfo.InvariantCulture), Time(l.Created), Time(l.LastUsed));
            services.Out.Write(table);
        });
        return command;
    }

    private static Command CreateVerify(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "Print the verdicts as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("verify", "Hash every file of every artifact; exit code 1 if one is damaged.") { json, artifacts };
        command.SetAction((line, cancellation) =>
        {
            var store = Open(ArtifactsOption.Read(line, artifacts, services), services);
            var lines = new List<VerifyLine>();
            foreach (var key in store.Keys.ToArray())
            {
                cancellation.ThrowIfCancellationRequested();
                lines.Add(new VerifyLine(key.ToString(), store.ReadManifest(key)?.Identity.Stage, store.Find(key, thorough: true).Damage));
            }
            var damaged = lines.Count(l => l.Damage is not null);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListVerifyLine));
            foreach (var l in lines.Where(l => l.Damage is not null)) services.Error.WriteLine($"damaged: {l.Key[..12]} ({l.Stage ?? "unknown stage"}): {l.Damage}; the next run makes it again");
            if (!line.GetValue(json)) services.Out.WriteLine($"{lines.Count - damaged} of {lines.Count} artifacts are intact");
            return Task.FromResult(damaged == 0 ? Cli.Done : Cli.Failed);
        });
        return command;
    }

    private static Command CreateCollect(CliServices services)
    {
        var runs = new Option<int>("--keep-runs") { Description = "Keep what each recipe's last N runs used.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var days = new Option<double>("--keep-days") { Description = "Keep what was used in the last N days.", HelpName = "N", DefaultValueFactory = _ => 7 };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("gc", "Remove artifacts that no recent run used.") { runs, days, dryRun, artifacts };
        command.SetAction(line =>
        {
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var collector = new GarbageCollector(Open(folder, services), new RunHistory(folder), services.Time);
            var report = collector.Collect(line.GetValue(runs), TimeSpan.FromDays(line.GetValue(days)), line.GetValue(dryRun));
            services.Out.WriteLine($"{(line.GetValue(dryRun) ? "would remove" : "removed")} {report.Removed} of {report.Artifacts} artifacts, {report.Bytes} bytes");
        });
        return command;
    }

    private static ArtifactStore Open(string artifacts, CliServices services) => new(Path.Combine(artifacts, ArtifactStore.FolderName), services.Time);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
