using System.CommandLine;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Import;
using OnnxPipeline.Pipeline.Features;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"features": what a model's head is given, for every image of a dataset, as a table that "csv" recipes train on.</summary>
internal static class FeaturesCommand
{
    private const ulong Seed = 1;

    public static Command Create(CliServices services)
    {
        var import = new ImportArguments();
        var data = new Argument<string>("DATA") { Description = $"A dataset ({string.Join(", ", DatasetRegistry.Names)}), or a folder or archive of images by class." };
        var output = new Option<string>("--out") { Description = "The table: part, label, then a column a feature.", HelpName = "FILE.csv", Required = true };
        var batch = new Option<int>("--batch") { Description = "Images a model run.", HelpName = "N", DefaultValueFactory = _ => 32 };
        var mirror = new Option<string?>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("features", "Write the features that a model's head is given for every image of a dataset.");
        import.AddTo(command);
        command.Add(data);
        foreach (var option in (Option[])[output, batch, mirror, artifacts]) command.Add(option);
        batch.Validators.Add(result => { if (result.GetValue(batch) < 1) result.AddError("--batch must be at least 1."); });
        command.SetAction((line, cancellation) =>
        {
            var options = import.Read(line, services);
            var target = ModelFile.Target(import.Given(line), ModelFile.Read(import.Given(line), services), line.GetRequiredValue(output), ".csv", services);
            var stage = services.DataStage(import.Data(line, line.GetRequiredValue(data), services), Seed, services.ForStages(line.GetValue(mirror)));
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var artifact = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time).Obtain(stage, cancellation));
            using var dataset = Dataset.Open(artifact.Folder);
            var model = Build(() => ImportedModel.Features(options, DatasetModel.InputOf(dataset)), import.Given(line), dataset);
            var written = FeatureTable.Write(model, dataset, target, line.GetValue(batch), cancellation);
            services.Out.WriteLine($"{written.Rows} rows of {written.Features} features: {line.GetRequiredValue(output)}");
            return Task.FromResult(Cli.Done);
        });
        return command;
    }

    private static Model Build(Func<Model> build, string given, Dataset dataset)
    {
        try
        {
            return build();
        }
        catch (GraphException exception)
        {
            throw new UsageException($"{given} does not fit {dataset.Name}: {exception.Message.TrimEnd('.')}.");
        }
    }
}
