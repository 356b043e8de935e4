using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Commands.Samples;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"quantize": any ONNX model in fewer bits, compared with itself and timed beside itself.</summary>
internal static class QuantizeCommand
{
    public static Command Create(CliServices services)
    {
        var modelArgument = new Argument<string>("MODEL") { Description = "Any ONNX model of float32." };
        var output = new Option<string?>("--out") { Description = "Where the result goes. [default: MODEL with .quantized.onnx]", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print what was done as JSON." };
        var (how, samples) = (new QuantizeArguments(), new SampleArguments());
        var command = new Command("quantize", "Make any ONNX model smaller by fewer bits, and show what that does to its answers and its speed.") { modelArgument, output };
        how.AddTo(command);
        samples.AddTo(command);
        command.Add(json);
        command.SetAction((line, cancellation) =>
        {
            var given = line.GetRequiredValue(modelArgument);
            var options = how.Read(line);
            var model = ModelFile.ReadFloat(given, services);
            var target = ModelFile.Target(given, model, line.GetValue(output), ".quantized.onnx", services);
            var calibration = options is StaticQuantizeOptions fixedRanges ? fixedRanges.CalibrationSamples : 1;
            using var found = samples.Open(line, ModelFile.PathOf(given, services), model, calibration, services, cancellation);
            Require(options, found);

            var before = ModelChange.SizeOf(given, model, services);
            // Methods that measure no ranges read no samples.
            var made = Quantizer.Quantize(model, options, found?.Calibration ?? HeldOutSamples.Of(ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<int>.Empty), found?.Validation, cancellation);
            var difference = ModelChange.Measure(model, made.Model, found, cancellation);
            var timed = found?.HeldOut ?? HeldOutSamples.MadeUpFor(model, 1);
            var latency = timed is null ? null : LatencyReport.Measure(model, made.Model, timed, ExportStage.MeasuredBatches, seconds: services.TimingSeconds, cancellation: cancellation);
            var result = new Quantization(given, target, before, ModelChange.Save(made.Model, target), made.Report, difference, latency);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(result, CliJson.Default.Quantization));
            else QuantizationText.Write(result, services.Out);
            if (!result.Met) services.Error.WriteLine($"error: the limit of {options.MaxDrop} points was missed; {target} is the best that was found");
            return Task.FromResult(result.Met ? Cli.Done : Cli.Failed);
        });
        return command;
    }

    private static void Require(QuantizeOptions options, GivenSamples? samples)
    {
        if (options is StaticQuantizeOptions && samples is null)
            throw new UsageException("Static quantisation measures the ranges of activations on samples like those the model will see; some 100 to 500 do. Give them with --data, for example a folder of images, "
                + "or take a method that needs none: --method dynamic, weight-only, float16 or bfloat16. --data generated tries it out on made-up inputs.");
        if (options.MaxDrop is not null && samples is not { Labelled: true })
            throw new UsageException("--max-drop counts right answers, which needs samples whose answers are known: give a dataset or a folder of images by class with --data.");
    }
}
