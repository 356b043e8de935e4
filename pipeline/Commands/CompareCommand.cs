using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Pipeline.Commands.Samples;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"compare": what sets two models apart, in their graphs and in what they give.</summary>
internal static class CompareCommand
{
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
            using var dataset = line.GetValue(data) is { } given ? new DatasetOpener(services, line.GetValue(mirror), ArtifactsOption.Read(line, artifacts, services)).Open(given, a, cancellation) : null;
            var report = ModelComparer.Compare(a, b, options, dataset is null ? null : HeldOutSamples.Of(dataset, dataset.Test, options.Samples));
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(new ModelComparison(line.GetRequiredValue(first), line.GetRequiredValue(second), report.Same, report), CliJson.Default.ModelComparison));
            else ComparisonText.Write(report, services.Out);
            return Task.FromResult(report.Same ? Cli.Done : Cli.Failed);
        });
        return command;
    }
}
