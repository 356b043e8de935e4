using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"optimize": runs the export passes over any ONNX model, checks the outputs, and writes the result beside it.</summary>
internal static class OptimizeCommand
{
    private const string Dynamic = "dynamic";

    public static Command Create(CliServices services)
    {
        var passes = string.Join(", ", Optimizer.PassNames);
        var modelArgument = new Argument<string>("MODEL") { Description = "Any ONNX model." };
        var output = new Option<string?>("--out") { Description = "Where the result goes. [default: MODEL with .optimized.onnx, if there was anything to do]", HelpName = "FILE" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Let FILE be MODEL itself." };
        var opset = new Option<long?>("--opset") { Description = "Convert to this version of the standard operator set.", HelpName = "N" };
        var batch = new Option<string?>("--batch") { Description = $"Fix the batch to a number of samples, or free it ({Dynamic}).", HelpName = $"N|{Dynamic}" };
        var ir = new Option<long?>("--ir") { Description = "Write this version of the file format.", HelpName = "N" };
        var external = new Option<long?>("--external-data") { Description = "Keep weights of at least so many bytes in FILE.data.", HelpName = "BYTES" };
        var only = new Option<string?>("--passes") { Description = $"Run only these of the general passes: {passes}.", HelpName = "NAME,..." };
        var skip = new Option<string?>("--skip") { Description = "Leave these passes out.", HelpName = "NAME,..." };
        var tolerance = new Option<double>("--tolerance") { Description = "Largest difference of an output, relative to its largest number where that is above 1.", HelpName = "X", DefaultValueFactory = _ => new OptimizeOptions().Tolerance };
        var json = new Option<bool>("--json") { Description = "Print what was done as JSON." };
        var command = new Command("optimize", "Simplify any ONNX model, or convert its opset, batch or format; writes nothing if its outputs would change.")
        {
            modelArgument, output, overwrite, opset, batch, ir, external, only, skip, tolerance, json,
        };
        external.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 0) result.AddError("--external-data must be at least 0.");
        });
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(modelArgument);
            var (fixedBatch, free) = Batch(line.GetValue(batch));
            var options = new OptimizeOptions
            {
                Passes = line.GetValue(only) is { } names ? List(names) : null,
                Skip = List(line.GetValue(skip) ?? ""),
                Opset = line.GetValue(opset),
                Batch = fixedBatch,
                FreeBatch = free,
                IrVersion = line.GetValue(ir),
                Tolerance = line.GetValue(tolerance),
            };
            var model = ModelFile.ReadSound(given, services);
            var target = ModelFile.Target(given, model, line.GetValue(output), ".optimized.onnx", services, line.GetValue(overwrite), overwrite.Name);
            var sizes = (Bytes: ModelFile.Bytes(ModelFile.PathOf(given, services), model), Nodes: model.Graph.Nodes.Count);

            var (optimized, report) = Optimizer.Optimize(model, options);
            // Where a file was asked for by name or by form, there is one, changed or not.
            var wanted = report.Modified || line.GetValue(output) is not null || line.GetValue(external) is not null;
            if (report.Passed && wanted) optimized.Save(target, new SaveOptions { ExternalDataThreshold = line.GetValue(external) });
            var written = report.Passed && wanted ? target : null;
            var result = new Optimization(given, written, new ModelSize(sizes.Bytes, sizes.Nodes), written is null ? null : new ModelSize(Size(written), optimized.Graph.Nodes.Count), report);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.Optimization));
            else OptimizationText.Write(result, services.Out);
            foreach (var note in report.Refused) services.Error.WriteLine($"error: {note}");
            if (!report.Passed) services.Error.WriteLine("error: nothing was written");
            return report.Passed ? Cli.Done : Cli.Failed;
        });
        return command;
    }

    private static (long? Fixed, bool Free) Batch(string? text)
    {
        if (text is null or Dynamic) return (null, text is not null);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? (size, false)
            : throw new UsageException($"--batch is '{text}'; expected a number of samples from 1, or {Dynamic}.");
    }

    private static string[] List(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.FirstOrDefault(name => !Optimizer.PassNames.Contains(name)) is { } unknown
            ? throw new UsageException($"There is no pass '{unknown}'.{Names.Suggest(unknown, Optimizer.PassNames)}")
            : names;
    }

    private static long Size(string path) => new FileInfo(path).Length + (File.Exists(path + ".data") ? new FileInfo(path + ".data").Length : 0);
}
