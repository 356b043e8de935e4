using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Export;
using OnnxPipeline.Inference;
using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Training.LowRank;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"adapter": shows what an adapter holds and whether it fits a base, and merges it into the base's weights.</summary>
internal static class AdapterCommand
{
    public static Command Create(CliServices services) => new("adapter", "Show what a low-rank adapter holds, or merge it into its base.") { CreateShow(services), CreateMerge(services) };

    private static Command CreateShow(CliServices services)
    {
        var file = new Argument<string>("FILE") { Description = $"The adapter, {AdapterFile.Extension}." };
        var model = new Option<string?>("--base") { Description = "A base; exit code 1 if the adapter is none for it.", HelpName = "MODEL" };
        var json = new Option<bool>("--json") { Description = "Print it as JSON." };
        var command = new Command("show", "Show the tensors of an adapter, and whether it fits a base.") { file, model, json };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(file);
            var path = PathOf(given, services);
            var adapter = AdapterFile.Read(path);
            if (line.GetValue(model) is { } name) Check(name, path, services);
            var description = new AdapterDescription(given, new FileInfo(path).Length, adapter.ModelVersion, [.. adapter.Tensors.Select(t => new AdapterTensorLine(t.Name, t.Dims))]);
            if (line.GetValue(json))
            {
                services.Out.WriteLine(JsonSerializer.Serialize(description, CliJson.Default.AdapterDescription));
                return;
            }
            services.Out.WriteLine($"{given}: {ByteSize.Text(description.Bytes)}, base {adapter.ModelVersion}{(line.GetValue(model) is { } fitting ? $", fits {fitting}" : "")}");
            foreach (var tensor in adapter.Tensors) services.Out.WriteLine($"  {tensor}");
        });
        return command;
    }

    private static Command CreateMerge(CliServices services)
    {
        var model = new Argument<string>("BASE") { Description = "The base, as a run with train.lora exported it." };
        var file = new Argument<string>("FILE") { Description = $"An adapter for it, {AdapterFile.Extension}." };
        var output = new Option<string?>("--out") { Description = "Where the result goes. [default: BASE with .merged.onnx]", HelpName = "FILE" };
        var command = new Command("merge", "Merge an adapter into the weights of its base; writes nothing if the answers would change.") { model, file, output };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(model);
            var slots = ModelFile.ReadSound(given, services);
            var target = ModelFile.Target(given, slots, line.GetValue(output), ".merged.onnx", services);
            var path = PathOf(line.GetRequiredValue(file), services);
            Check(given, path, services);
            var adapter = AdapterFile.Read(path);
            var merged = AdapterMerger.Merge(slots, adapter);
            var comparison = ModelComparer.Compare(LowRankAdaptation.Fill(slots, adapter), merged, new CompareOptions());
            if (comparison.Problem is { } problem) throw new ExportException($"The merged model cannot be compared with base and adapter, so nothing was written: {problem}");
            OutputsText.Write(comparison.Outputs, comparison.Tolerance, services.Out);
            if (comparison.Same) merged.Save(target);
            else services.Error.WriteLine("error: the merged model would give other answers than base and adapter; nothing was written");
            return comparison.Same ? Cli.Done : Cli.Failed;
        });
        return command;
    }

    private static string PathOf(string given, CliServices services)
    {
        var path = Path.GetFullPath(given, services.Folder);
        return File.Exists(path) ? path : throw new UsageException($"There is no adapter file '{given}'.");
    }

    /// <exception cref="ModelException">The adapter is none for the base.</exception>
    private static void Check(string model, string adapter, CliServices services)
    {
        using var session = ModelSession.Open(ModelFile.PathOf(model, services));
        session.LoadAdapter("adapter", adapter);
    }
}
