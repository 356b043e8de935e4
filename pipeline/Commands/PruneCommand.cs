using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Commands.Samples;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"prune": any ONNX model with channels or weights left out, at once and without training.</summary>
internal static class PruneCommand
{
    public static Command Create(CliServices services)
    {
        var modelArgument = new Argument<string>("MODEL") { Description = "Any ONNX model of float32." };
        var output = new Option<string?>("--out") { Description = "Where the result goes. [default: MODEL with .pruned.onnx]", HelpName = "FILE" };
        var maxDrop = new Option<double?>("--max-drop") { Description = "Points of accuracy that may be lost on samples with answers; the largest tenth of --amount that keeps it is taken, and exit code 1 says that none does.", HelpName = "POINTS" };
        var sensitivity = new Option<bool>("--sensitivity") { Description = "Show what pruning each layer alone costs, on samples with answers." };
        var json = new Option<bool>("--json") { Description = "Print what was done as JSON." };
        var (what, samples) = (new PruneArguments(), new SampleArguments());
        var command = new Command("prune", "Leave channels or weights of any ONNX model out, without training, and show what that does to its answers.") { modelArgument, output };
        what.AddTo(command);
        foreach (var option in (Option[])[maxDrop, sensitivity]) command.Add(option);
        samples.AddTo(command);
        command.Add(json);
        command.SetAction((line, cancellation) =>
        {
            var given = line.GetRequiredValue(modelArgument);
            var method = what.Read(line);
            if (line.GetValue(maxDrop) is { } drop && !(drop >= 0)) throw new UsageException($"--max-drop is {drop}; expected points of accuracy, from 0.");
            if (method is PatternPruneOptions && (line.GetValue(maxDrop) is not null || line.GetValue(sensitivity))) throw new UsageException("--max-drop and --sensitivity are over amounts, which n-of-m has none of.");
            var model = ModelFile.ReadFloat(given, services);
            var target = ModelFile.Target(given, model, line.GetValue(output), ".pruned.onnx", services);
            using var found = samples.Open(line, ModelFile.PathOf(given, services), model, calibration: 1, services, cancellation);
            if (found is not { Labelled: true } && (line.GetValue(maxDrop) is not null || line.GetValue(sensitivity) || method is ChannelPruneOptions { Criterion: ChannelCriterion.Taylor }))
                throw new UsageException("--max-drop, --sensitivity and --criterion taylor need samples whose answers are known: give a dataset or a folder of images by class with --data.");

            var before = ModelChange.SizeOf(given, model, services);
            var made = OneShotPruner.Prune(model, method, new OneShotPruneSetup
            {
                HeldOut = found?.Validation,
                Training = found?.Dataset?.Train,
                MaxDrop = line.GetValue(maxDrop),
                Sensitivity = line.GetValue(sensitivity) ? new SensitivityOptions() : null,
            }, cancellation);
            if (line.GetValue(maxDrop) is { } limit && made.Report.Amount == 0)
            {
                services.Error.WriteLine($"error: even a tenth of the amount costs more than {limit} points; nothing was written");
                return Task.FromResult(Cli.Failed);
            }
            var difference = ModelChange.Measure(model, made.Model, found, cancellation);
            var result = new Pruning(given, target, before, ModelChange.Save(made.Model, target), made.Report, difference);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.Pruning));
            else PruningText.Write(result, services.Out);
            return Task.FromResult(Cli.Done);
        });
        return command;
    }
}
