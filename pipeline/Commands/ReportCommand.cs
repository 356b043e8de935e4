using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"report": the page of one run, made anew, or one that compares several.</summary>
internal static class ReportCommand
{
    private static readonly string[] Needed = [DataStage.StageName, ModelStage.StageName, TrainStage.StageName, ExportStage.StageName, EvaluateStage.StageName];

    public static Command Create(CliServices services)
    {
        var runs = new Argument<string[]>("RUN") { Description = "Runs' IDs, beginnings of them, or 'latest'. One gives its own page, several are compared.", Arity = ArgumentArity.OneOrMore }.RefusingOptions();
        var file = new Option<string>("--out") { Description = "The HTML file to write.", HelpName = "FILE", DefaultValueFactory = _ => RunReport.FileName };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("report", "Write a page about a run, or one that compares runs.") { runs, file, artifacts };
        command.SetAction(line =>
        {
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var history = new RunHistory(folder);
            var records = line.GetRequiredValue(runs).Select(history.Find).DistinctBy(r => r.Id).ToArray();
            var store = new ArtifactStore(Path.Combine(folder, ArtifactStore.FolderName), services.Time);
            var path = Path.GetFullPath(line.GetRequiredValue(file), services.Folder);
            File.WriteAllText(path, PageWriter.Write(records is [var one] ? PageOf(one, store) : CompareReport.Of([.. records.Select(r => SummaryOf(r, store))]), VegaLibrary.Embedded));
            if (VegaLibrary.Embedded is null) services.Error.WriteLine($"note: {VegaLibrary.Missing}");
            services.Out.WriteLine(path);
        });
        return command;
    }

    private static Page PageOf(RunRecord record, ArtifactStore store)
    {
        var isFunction = record.Stages.Any(s => s.Name == FunctionStage.StageName);
        string[] needed = isFunction ? [FunctionStage.StageName, MinimizeStage.StageName] : [.. Needed.Union(record.Stages.Select(s => s.Name).Where(name => name != ReportStage.StageName))];
        var folders = needed.ToDictionary(stage => stage, stage => FolderOf(record, stage, store) ?? throw new UsageException(
            record.Stages.Any(s => s.Name == stage)
                ? $"The artifact of stage '{stage}' of run '{record.Id}' is no longer in the store. Run the recipe again."
                : $"Run '{record.Id}' did not get as far as stage '{stage}'; a page needs {string.Join(", ", needed)}."));
        if (isFunction) return FunctionReport.Of(new ReportedFunction(record.Recipe, record.Options, folders), record);
        using var run = new ReportedRun(record.Recipe, record.Options, folders);
        return RunReport.Of(run, record);
    }

    private static RunSummary SummaryOf(RunRecord record, ArtifactStore store)
    {
        var history = FolderOf(record, TrainStage.StageName, store) is { } folder ? Path.Combine(folder, TrainStage.HistoryFile) : null;
        return new RunSummary(record, history is not null && File.Exists(history) ? JsonSerializer.Deserialize(File.ReadAllBytes(history), StageJson.Default.TrainingHistory)!.Epochs : []);
    }

    private static string? FolderOf(RunRecord record, string stage, ArtifactStore store) =>
        record.Stages.FirstOrDefault(s => s.Name == stage) is { } made ? store.Find(ArtifactKey.Parse(made.Key)).Artifact?.Folder : null;
}
