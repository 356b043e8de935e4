using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"data": what a table of your own, or the dataset of a recipe, holds, and what is made of it.</summary>
internal static class DataCommand
{
    public static Command Create(CliServices services)
    {
        var source = new Argument<string>("FILE|RECIPE") { Description = "A CSV or TSV file, plain or gzipped; or a recipe's name or file." };
        var target = new Option<string?>("--target") { Description = "The column of FILE to predict. [default: the last one]", HelpName = "COLUMN" };
        var set = new Option<string[]>("--set") { Description = "Change an option: of data.csv for FILE, for example delimiter=\";\"; else of the recipe.", HelpName = "PATH=VALUE" };
        var mirror = new Option<string?>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print what was found as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("data", "Show the columns, classes and counts of a table or of a recipe's dataset.") { source, target, set, mirror, json, artifacts };
        command.SetAction((line, cancellation) =>
        {
            var given = line.GetRequiredValue(source);
            var recipe = IsTable(given, services) ? null : RecipeReader.Read(RecipeCatalog.Resolve(given, services.Folder), services.Folder, line.GetValue(set) ?? []);
            recipe?.MustTrain("data");
            if (recipe is not null && line.GetValue(target) is not null) throw new UsageException("--target is for a file; in a recipe the target is data.csv.target. Use --set data.csv.target=COLUMN.");
            var data = recipe?.Data ?? OfFile(given, line.GetValue(target), line.GetValue(set) ?? [], services);
            if (data.Csv is not null)
            {
                var summary = TableInspector.Summarize(data, recipe?.Seed ?? 0, cancellation);
                if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(summary, CliJson.Default.TableSummary));
                else DataText.Write(summary, services.Out);
                return Task.FromResult(Cli.Done);
            }
            var stage = services.DataStage(data, recipe!.Seed, services.ForStages(line.GetValue(mirror)));
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var artifact = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time).Obtain(stage, cancellation));
            using var dataset = Dataset.Open(artifact.Folder);
            var description = Describe(dataset);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(description, CliJson.Default.DatasetDescription));
            else DataText.Write(description, services.Out);
            return Task.FromResult(Cli.Done);
        });
        return command;
    }

    private static bool IsTable(string given, CliServices services) =>
        File.Exists(Path.Combine(services.Folder, given)) && Path.GetExtension(given).ToUpperInvariant() is not (".YAML" or ".YML");

    /// <summary>Options that a recipe would have for the file, with the defaults of recipes for the rest.</summary>
    private static DataOptions OfFile(string path, string? target, string[] sets, CliServices services)
    {
        string[] required = [$"path={JsonSerializer.Serialize(Path.Combine(services.Folder, path))}", $"target={JsonSerializer.Serialize(target ?? "?")}"];
        var csv = RecipeReader.ReadOptions(new CsvOptions { Path = path, Target = "" }, [.. required, .. sets]);
        if (csv.Validate() is { Count: > 0 } faults) throw new UsageException(string.Join(Environment.NewLine, faults));
        return new DataOptions { Dataset = "csv", Csv = target is null ? csv with { Target = TableInspector.Headings(csv)[^1] } : csv };
    }

    private static DatasetDescription Describe(Dataset dataset)
    {
        DatasetSplit[] parts = [dataset.Train, dataset.Validation, dataset.Test];
        var counts = parts.Select(part => CountsOf(part, dataset.Labels.Count)).ToArray();
        return new DatasetDescription(
            dataset.Name,
            dataset.Source,
            dataset.Notes,
            [.. parts.Select(part => part.Count)],
            [.. dataset.Train.Features.Select(feature => feature.ToString())],
            [.. dataset.Labels.Select((label, i) => new ClassLine(label, [.. counts.Select(c => c[i])]))],
            dataset.Target,
            dataset.Columns);
    }

    private static int[] CountsOf(DatasetSplit part, int classes)
    {
        var counts = new int[classes];
        if (classes == 0) return counts;
        for (var i = 0; i < part.Count; i++) counts[BitConverter.ToInt64(part.Label.Item(i))]++;
        return counts;
    }
}
