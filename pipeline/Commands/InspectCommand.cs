using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Export;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"inspect": what any ONNX model consists of, without running it.</summary>
internal static class InspectCommand
{
    public static Command Create(CliServices services)
    {
        var modelArgument = new Argument<string>("MODEL") { Description = "Any ONNX model." };
        var json = new Option<bool>("--json") { Description = "Print what was found as JSON." };
        var command = new Command("inspect", "Show a model's signature, operators, weights, quantisation, metadata and whether it can be trained; exit code 1 if its graph is unsound.") { modelArgument, json };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(modelArgument);
            var model = ModelFile.Read(given, services);
            var report = ModelInspector.Inspect(model);
            var inspection = new Inspection(given, ModelFile.Bytes(ModelFile.PathOf(given, services), model), report, report.Problems.Count == 0 ? Trainability.Of(model) : null);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(inspection, CliJson.Default.Inspection));
            else InspectionText.Write(inspection, services.Out);
            foreach (var problem in inspection.Report.Problems) services.Error.WriteLine($"error: {given}: {problem}");
            return inspection.Report.Problems.Count == 0 ? Cli.Done : Cli.Failed;
        });
        return command;
    }
}
