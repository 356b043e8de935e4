using System.CommandLine;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"finetune": trains a model from anywhere on with data of one's own, and exports it. A recipe with <c>model: { name: onnx, path: … }</c> does the same.</summary>
internal static class FineTuneCommand
{
    private const double Rate = 0.0003;
    private const double ProbeRate = 0.001;

    /// <summary>The recipes here are split by this seed, so that their datasets serve again.</summary>
    private const ulong Seed = 1;

    public static Command Create(CliServices services)
    {
        var import = new ImportArguments();
        var dataset = new Option<string?>("--dataset") { Description = "A dataset to train on, by name.", HelpName = "NAME" };
        var data = new Option<string?>("--data") { Description = "A folder or archive of images by class to train on.", HelpName = "PATH" };
        var head = new Option<string?>("--head") { Description = $"What becomes of its classifier: {ListOption.Valid<HeadChoice>()}. auto replaces one of another number of classes. [default: auto]", HelpName = "CHOICE" };
        var freeze = new Option<string[]>("--freeze") { Description = "Parameters that keep their values, by name; * stands for any characters.", HelpName = "PATTERN" };
        var trainLast = new Option<int?>("--train-last") { Description = "Train only so many layers, counted back from the head.", HelpName = "N" };
        var probe = new Option<bool>("--linear-probe") { Description = "Train the head alone, the same as --train-last 1." };
        var unfreeze = new Option<int?>("--unfreeze-every") { Description = "Let one more layer join after so many epochs, from the head to the input. Begins with the head alone, or with --train-last.", HelpName = "EPOCHS" };
        var layerDecay = new Option<double?>("--layer-decay") { Description = "The learning rate of a layer over that of the one after it. [default: 1]", HelpName = "FACTOR" };
        var headRate = new Option<double?>("--head-rate") { Description = "A factor on the head's learning rate. [default: 1]", HelpName = "FACTOR" };
        var batchNorm = new Option<string?>("--batch-norm") { Description = $"Batch normalisation of layers that are trained: {ListOption.Valid<BatchNormTuning>()}. [default: train]", HelpName = "CHOICE" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training samples.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var batch = new Option<int>("--batch-size") { Description = "Samples a batch.", HelpName = "N", DefaultValueFactory = _ => 32 };
        var rate = new Option<double?>("--learning-rate") { Description = FormattableString.Invariant($"AdamW's rate at first; it falls to 0 as a cosine does. [default: {Rate}, of the head alone {ProbeRate}]"), HelpName = "RATE" };
        var output = new Option<string?>("--out") { Description = "Where the exported model goes, beside artifacts/latest.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the run's record as JSON." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();

        var command = new Command("finetune", "Train any ONNX classifier on with your data, and export it, verified.");
        import.AddTo(command);
        foreach (var option in (Option[])[dataset, data, head, freeze, trainLast, probe, unfreeze, layerDecay, headRate, batchNorm, epochs, batch, rate, output]) command.Add(option);
        var arguments = RecipeArguments.AddOptionsTo(command);
        command.Add(json);
        command.Add(remote);
        command.Add(artifacts);
        command.SetAction((line, cancellation) =>
        {
            if ((line.GetValue(dataset) ?? line.GetValue(data)) is not { } samples || (line.GetValue(dataset) is not null && line.GetValue(data) is not null))
                throw new UsageException("Say what to train on, with --dataset NAME or with --data FOLDER, one of the two.");
            if (line.GetValue(probe) && (line.GetValue(trainLast) ?? line.GetValue(unfreeze)) is not null)
                throw new UsageException("--linear-probe trains the head alone; leave --train-last and --unfreeze-every out, or --linear-probe.");
            var model = import.Read(line, services) with { Head = ListOption.Chosen(line.GetValue(head), "choice for the head", HeadChoice.Auto) };
            var target = line.GetValue(output) is { } file ? ModelFile.Target(import.Given(line), ModelFile.Read(import.Given(line), services), file, ".finetuned.onnx", services) : null;
            var layers = line.GetValue(trainLast) ?? (line.GetValue(probe) || line.GetValue(unfreeze) is not null ? 1 : null);
            var recipe = new Recipe
            {
                Name = $"finetune-{Path.GetFileNameWithoutExtension(model.Path)}",
                Seed = Seed,
                Data = import.Data(line, samples, services),
                Model = model,
                Train = new TrainOptions
                {
                    Epochs = line.GetValue(epochs),
                    BatchSize = line.GetValue(batch),
                    Optimizer = new AdamWOptions { LearningRate = line.GetValue(rate) ?? (layers == 1 && line.GetValue(unfreeze) is null ? ProbeRate : Rate) },
                    Schedule = new CosineScheduleOptions(),
                    Freeze = line.GetValue(freeze) ?? [],
                    FineTune = new FineTuneOptions
                    {
                        TrainLast = layers,
                        UnfreezeEvery = line.GetValue(unfreeze),
                        LayerDecay = line.GetValue(layerDecay) ?? 1,
                        HeadRate = line.GetValue(headRate) ?? 1,
                        BatchNorm = ListOption.Chosen(line.GetValue(batchNorm), "choice for batch normalisation", BatchNormTuning.Train),
                    },
                },
            };
            var folder = ArtifactsOption.Read(line, artifacts, services);
            var run = RunCommand.Run(arguments.Read(line, services, recipe), folder, RemoteOption.Read(line, remote, services), line.GetValue(json), services, cancellation);
            if (target is not null) Copy(run, folder, target, services);
            return Task.FromResult(Cli.Done);
        });
        return command;
    }

    private static void Copy(RunRecord run, string artifacts, string target, CliServices services)
    {
        if (new RunFiles(artifacts).Find(run, ExportStage.StageName, ExportStage.ModelFile) is not { } made) throw new UsageException("--out: the run stopped before it exported a model. Leave --until out.");
        var part = target + ".part";
        File.Copy(made, part, overwrite: true);
        File.Move(part, target, overwrite: true);
        services.Error.WriteLine($"the model: {target}");
    }
}
