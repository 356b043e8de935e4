using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Inference;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"evaluate": measures a deployable model, wherever it comes from, on a dataset. The dataset is made by the "data" stage, so it is cached.</summary>
internal static class EvaluateCommand
{
    private static readonly string[] Splits = ["test", "validation", "train"];

    /// <summary>The recipes here are split by this seed, so that their datasets serve again.</summary>
    private const ulong DefaultSeed = 1;

    public static Command Create(CliServices services)
    {
        var model = new Argument<string>("MODEL") { Description = "A deployable ONNX model, for example artifacts/latest/model.onnx." };
        var dataset = new Option<string>("--dataset") { Description = $"What to measure it on: {string.Join(", ", DatasetRegistry.Names)}.", HelpName = "NAME", Required = true };
        var split = new Option<string>("--split") { Description = $"Which part of it: {string.Join(", ", Splits)}.", HelpName = "PART", DefaultValueFactory = _ => Splits[0] };
        var validation = new Option<double>("--validation") { Description = "The share of the training part that is for validation, as in the model's recipe.", HelpName = "SHARE", DefaultValueFactory = _ => new DataOptions().Validation };
        var seed = new Option<ulong>("--seed") { Description = "The seed of that division, as in the model's recipe.", HelpName = "N", DefaultValueFactory = _ => DefaultSeed };
        var mirror = new Option<string?>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var batch = new Option<int>("--batch") { Description = "Images a model run.", HelpName = "N", DefaultValueFactory = _ => new EvaluateOptions().BatchSize };
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("evaluate", "Measure a deployable model on a dataset.") { model, dataset, split, validation, seed, mirror, batch, json, artifacts };

        batch.Validators.Add(result =>
        {
            if (result.GetValue(batch) < 1) result.AddError("--batch must be at least 1.");
        });
        command.SetAction((line, cancellation) =>
        {
            var path = Path.Combine(services.Folder, line.GetRequiredValue(model));
            if (!File.Exists(path)) throw new UsageException($"There is no model file '{line.GetRequiredValue(model)}'.");
            Known(line.GetRequiredValue(dataset), DatasetRegistry.Names, "dataset");
            Known(line.GetRequiredValue(split), Splits, "part of a dataset");
            var data = new DataOptions { Dataset = line.GetRequiredValue(dataset), Validation = line.GetValue(validation) };
            if (data.Validate() is { Count: > 0 } faults) throw new UsageException(string.Join(Environment.NewLine, faults));

            using var predictor = Open(path);
            var stage = services.DataStage(data, line.GetValue(seed), new StageServices(line.GetValue(mirror)));
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var artifact = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time).Obtain(stage, cancellation));
            using var opened = Dataset.Open(artifact.Folder);
            var part = line.GetRequiredValue(split) switch { "train" => opened.Train, "validation" => opened.Validation, _ => opened.Test };
            Warn(predictor, opened, part, artifact, services.Error);

            var result = new EvaluationResult(line.GetRequiredValue(model), opened.Name, part.Name, ModelEvaluator.Evaluate(predictor, opened, part, line.GetValue(batch), cancellation: cancellation).Metrics);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.EvaluationResult));
            else ClassificationText.Write(result, services.Out);
            return Task.FromResult(Cli.Done);
        });
        return command;
    }

    private static Predictor Open(string path)
    {
        try
        {
            return Predictor.Open(path);
        }
        catch (ModelException exception)
        {
            throw new ModelException($"{exception.Message} This command measures deployable models, as 'pipeline run' exports them.", exception);
        }
    }

    private static void Known(string name, IEnumerable<string> valid, string kind)
    {
        if (!valid.Contains(name)) throw new UsageException($"There is no {kind} '{name}'.{Names.Suggest(name, valid)}");
    }

    /// <summary>What makes the figures mean less than they seem to.</summary>
    private static void Warn(Predictor predictor, Dataset dataset, DatasetSplit part, Artifact artifact, TextWriter error)
    {
        if (predictor.Labels.Count == dataset.Labels.Count && !predictor.Labels.SequenceEqual(dataset.Labels))
            error.WriteLine($"note: the model calls its classes {string.Join(", ", predictor.Labels)}; they are taken for {dataset.Name}'s in the same order");
        if (part.Name == "validation" && predictor.Session.Metadata is { DatasetHash: { } hash } metadata && metadata.Dataset == dataset.Name && hash != artifact.Hash)
            error.WriteLine("note: the model was trained on another division of this dataset, so it may have seen these samples; give its recipe's --seed and --validation");
    }
}
