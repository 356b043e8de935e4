using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"compare": what sets two models apart, in their graphs and in what they give.</summary>
internal static class CompareCommand
{
    /// <summary>The recipes here are split by this seed, so that their datasets serve again.</summary>
    private const ulong DefaultSeed = 1;

    public static Command Create(CliServices services)
    {
        var first = new Argument<string>("A") { Description = "Any ONNX model." };
        var second = new Argument<string>("B") { Description = "Another, of the same inputs." };
        var data = new Option<string?>("--data") { Description = $"Run both on the test samples of a dataset ({string.Join(", ", DatasetRegistry.Names)}), of a folder of images by class, or of a dataset artifact. [default: inputs made up from the signature]", HelpName = "NAME|FOLDER" };
        var samples = new Option<int>("--samples") { Description = "How many of them at most.", HelpName = "N", DefaultValueFactory = _ => new CompareOptions().Samples };
        var tolerance = new Option<double>("--tolerance") { Description = "Largest difference of an output, relative to its largest number where that is above 1.", HelpName = "X", DefaultValueFactory = _ => new CompareOptions().Tolerance };
        var mirror = new Option<string?>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the differences as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("compare", "Compare two models' graphs and outputs; exit code 0 if the outputs are the same within the tolerance, 1 if not.") { first, second, data, samples, tolerance, mirror, json, artifacts };
        samples.Validators.Add(result =>
        {
            if (result.GetValue(samples) < 1) result.AddError("--samples must be at least 1.");
        });
        command.SetAction((line, cancellation) =>
        {
            var (a, b) = (ModelFile.ReadSound(line.GetRequiredValue(first), services), ModelFile.ReadSound(line.GetRequiredValue(second), services));
            var options = new CompareOptions { Samples = line.GetValue(samples), Tolerance = line.GetValue(tolerance) };
            using var dataset = line.GetValue(data) is { } given ? OpenData(given, a, line.GetValue(mirror), ArtifactsOption.Read(line, artifacts, services), services, cancellation) : null;
            var report = ModelComparer.Compare(a, b, options, dataset is null ? null : HeldOutSamples.Of(dataset, dataset.Test, options.Samples));
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(new ModelComparison(line.GetRequiredValue(first), line.GetRequiredValue(second), report.Same, report), CliJson.Default.ModelComparison));
            else ComparisonText.Write(report, services.Out);
            return Task.FromResult(report.Same ? Cli.Done : Cli.Failed);
        });
        return command;
    }

    private static Dataset OpenData(string given, Model model, string? mirror, string artifacts, CliServices services, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(given, services.Folder);
        if (File.Exists(Path.Combine(folder, "meta.json"))) return Dataset.Open(folder);
        var options = Directory.Exists(folder) ? ImageFolder(folder, model) : new DataOptions { Dataset = given };
        if (!DatasetRegistry.Names.Contains(options.Dataset)) throw new UsageException($"There is no dataset or folder '{given}'.{Names.Suggest(given, DatasetRegistry.Names)}");
        if (options.Validate() is { Count: > 0 } faults) throw new UsageException(string.Join(Environment.NewLine, faults));
        var stage = services.DataStage(options, DefaultSeed, new StageServices(mirror));
        var artifact = RunView.Watch(services, observer => new Orchestrator(artifacts, observer, services.Time).Obtain(stage, cancellation));
        return Dataset.Open(artifact.Folder);
    }

    /// <summary>Images brought to the size that the model takes.</summary>
    private static DataOptions ImageFolder(string folder, Model model)
    {
        if (model.Graph.RequiredInputs.FirstOrDefault()?.Type?.Shape is not [_, { Size: 1 or 3 } channels, { Size: { } height }, { Size: { } width }])
            throw new UsageException($"'{folder}' is a folder of images, but the model takes {ModelDescription.Values(model.Graph.RequiredInputs)}; expected an image of [batch,channels,height,width].");
        return new DataOptions
        {
            Dataset = "image-folder",
            ImageFolder = new ImageFolderOptions { Path = folder, Size = $"{height}x{width}", Channels = channels.Size == 1 ? ImageChannels.Grey : ImageChannels.Rgb },
        };
    }
}
