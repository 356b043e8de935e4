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

    /// <summary>Datasets that need no options: those of the user's own have a path.</summary>
    private static readonly string[] BuiltIn = [.. DatasetRegistry.Names.Where(name => new DataOptions { Dataset = name }.Validate().Count == 0)];

    /// <summary>The recipes here are split by this seed, so that their datasets serve again.</summary>
    private const ulong DefaultSeed = 1;

    public static Command Create(CliServices services)
    {
        var modelArgument = new Argument<string>("MODEL") { Description = "A deployable ONNX model, for example artifacts/latest/model.onnx." };
        var dataset = new Option<string?>("--dataset") { Description = $"What to measure it on: {string.Join(", ", BuiltIn)}.", HelpName = "NAME" };
        var recipe = new Option<string?>("--recipe") { Description = "Measure it on the data of a recipe, by name or file, images and tables of your own among them; its seed and validation share are taken too.", HelpName = "RECIPE" };
        var set = new Option<string[]>("--set") { Description = "Change an option of that recipe.", HelpName = "PATH=VALUE" };
        var split = new Option<string>("--split") { Description = $"Which part of it: {string.Join(", ", Splits)}.", HelpName = "PART", DefaultValueFactory = _ => Splits[0] };
        var validation = new Option<double>("--validation") { Description = "The share of the training part that is for validation, as in the model's recipe.", HelpName = "SHARE", DefaultValueFactory = _ => new DataOptions().Validation };
        var seed = new Option<ulong>("--seed") { Description = "The seed of that division, as in the model's recipe.", HelpName = "N", DefaultValueFactory = _ => DefaultSeed };
        var mirror = new Option<string?>("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
        var batch = new Option<int>("--batch") { Description = "Images a model run.", HelpName = "N", DefaultValueFactory = _ => new EvaluateOptions().BatchSize };
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("evaluate", "Measure a deployable model on a dataset.") { modelArgument, dataset, recipe, set, split, validation, seed, mirror, batch, json, artifacts };

        batch.Validators.Add(result =>
        {
            if (result.GetValue(batch) < 1) result.AddError("--batch must be at least 1.");
        });
        command.SetAction((line, cancellation) =>
        {
            var path = Path.Combine(services.Folder, line.GetRequiredValue(modelArgument));
            if (!File.Exists(path)) throw new UsageException($"There is no model file '{line.GetRequiredValue(modelArgument)}'.");
            if (line.GetValue(dataset) is null == line.GetValue(recipe) is null) throw new UsageException("Say what to measure on, with --dataset NAME or with --recipe RECIPE, one of the two.");
            Known(line.GetRequiredValue(split), Splits, "part of a dataset");
            var (data, divided) = line.GetValue(dataset) is { } name ? (OfName(name, line.GetValue(validation)), line.GetValue(seed)) : OfRecipe(line.GetValue(recipe)!, line.GetValue(set) ?? [], services);

            using var model = Open(path);
            var stage = services.DataStage(data, divided, services.ForStages(line.GetValue(mirror)));
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var artifact = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time).Obtain(stage, cancellation));
            using var opened = Dataset.Open(artifact.Folder);
            var part = line.GetRequiredValue(split) switch { "train" => opened.Train, "validation" => opened.Validation, _ => opened.Test };
            Warn(model, opened, part, artifact, services.Error);

            var result = new EvaluationResult(line.GetRequiredValue(modelArgument), opened.Name, part.Name, ModelEvaluator.Evaluate(model, opened, part, line.GetValue(batch), cancellation: cancellation).Metrics);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.EvaluationResult));
            else EvaluationText.Write(result, services.Out);
            return Task.FromResult(Cli.Done);
        });
        return command;
    }

    private static DataOptions OfName(string name, double validation)
    {
        if (DatasetRegistry.Contains(name) && !BuiltIn.Contains(name)) throw new UsageException($"The dataset '{name}' is data of your own; name the recipe that says where they are, with --recipe.");
        Known(name, BuiltIn, "dataset");
        var data = new DataOptions { Dataset = name, Validation = validation };
        return data.Validate() is { Count: > 0 } faults ? throw new UsageException(string.Join(Environment.NewLine, faults)) : data;
    }

    private static (DataOptions Data, ulong Seed) OfRecipe(string name, string[] sets, CliServices services)
    {
        var recipe = RecipeReader.Read(RecipeCatalog.Resolve(name, services.Folder), services.Folder, sets);
        recipe.MustTrain("evaluate");
        return (recipe.Data, recipe.Seed);
    }

    private static DeployedModel Open(string path)
    {
        try
        {
            return DeployedModel.Open(path);
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
    private static void Warn(DeployedModel model, Dataset dataset, DatasetSplit part, Artifact artifact, TextWriter error)
    {
        if (model.Labels.Count == dataset.Labels.Count && !model.Labels.SequenceEqual(dataset.Labels))
            error.WriteLine($"note: the model calls its classes {string.Join(", ", model.Labels)}; they are taken for {dataset.Name}'s in the same order");
        if (part.Name == "validation" && model.Session.Metadata is { DatasetHash: { } hash } metadata && metadata.Dataset == dataset.Name && hash != artifact.Hash)
            error.WriteLine("note: the model was trained on another division of this dataset, so it may have seen these samples; give its recipe's --seed and --validation");
    }
}
