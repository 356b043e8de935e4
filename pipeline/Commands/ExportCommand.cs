using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"export --on-device": what an app, or a page, needs to go on training a classifier.</summary>
internal static class ExportCommand
{
    private const string DefaultModel = "artifacts/latest/model.onnx";

    public static Command Create(CliServices services)
    {
        var modelArgument = new Argument<string>("MODEL") { Description = "A classifier: an exported model, or any whose output is logits or their softmax.", DefaultValueFactory = _ => DefaultModel };
        var onDevice = new Option<bool>("--on-device") { Description = "A bundle to train the model with inside an app or a browser; docs/ON_DEVICE.md." };
        var output = new Option<string>("--out") { Description = $"Where the bundle goes: a folder, or an archive where the name ends in {Bundle.ZipExtension}.", HelpName = $"DIR|FILE{Bundle.ZipExtension}", Required = true };
        var force = new Option<bool>("--force") { Description = "Write over what is there." };
        var json = new Option<bool>("--json") { Description = "Print what was made as JSON." };
        var how = new BundleArguments();
        var command = new Command("export", "Export a model for further training on devices. A recipe's model is exported by 'run', other forms of it by 'package'.") { modelArgument, onDevice, output, force };
        how.AddTo(command);
        command.Add(json);
        command.SetAction(line =>
        {
            if (!line.GetValue(onDevice)) throw new UsageException("Say what to make of the model: --on-device for a bundle that apps train. 'pipeline run RECIPE' exports the model of a recipe, and 'pipeline package' puts an exported one into other forms.");
            var given = line.GetRequiredValue(modelArgument);
            var target = Target(line.GetRequiredValue(output), line.GetValue(force), services);
            var model = Modern(ModelFile.ReadFloat(given, services));
            var bundle = BundleBuilder.Build(model, how.Read(line), how.Labels(line, services));
            bundle.Save(target);

            var weights = bundle.Manifest.State.Where(t => t.Role == BundleRole.Weight).ToArray();
            var made = new OnDeviceExport(given, target, bundle.Manifest.Id, bundle.Manifest.Classes, bundle.Manifest.SpareClasses, weights.Sum(w => (long)w.Length), [.. weights.Select(w => w.Name)], bundle.Files.ToDictionary(f => f.Key, f => (long)f.Value.Length));
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(made, CliJson.Default.OnDeviceExport));
            else Write(made, services.Out);
        });
        return command;
    }

    /// <summary>The model in an operator set that has what training takes, where its own is older and can be brought there.</summary>
    private static Model Modern(Model model) =>
        model.Opsets[Domains.Onnx] < Model.CurrentOpset ? new ConvertOpset(Model.CurrentOpset).Apply(model).Model : model;

    private static string Target(string given, bool force, CliServices services)
    {
        var target = Path.GetFullPath(given, services.Folder);
        var isArchive = target.EndsWith(Bundle.ZipExtension, StringComparison.OrdinalIgnoreCase);
        if (isArchive ? Directory.Exists(target) : File.Exists(target)) throw new UsageException($"--out is '{given}', a {(isArchive ? "folder" : "file")}; name {(isArchive ? "an archive" : $"a folder, or an archive ending in {Bundle.ZipExtension}")}.");
        var isThere = isArchive ? File.Exists(target) : Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
        if (isThere && !force) throw new UsageException($"There is something at '{given}' already. Name another place, or write over it with --force.");
        if (!Directory.Exists(Path.GetDirectoryName(target))) throw new UsageException($"There is no folder '{Path.GetDirectoryName(target)}' for --out.");
        return target;
    }

    private static void Write(OnDeviceExport made, TextWriter output)
    {
        output.WriteLine($"{made.Output}: trains {made.Trained:N0} weights in {made.Weights.Count} tensors: {string.Join(", ", made.Weights)}");
        output.WriteLine($"classes: {string.Join(", ", made.Classes)}{(made.SpareClasses > 0 ? $", and {made.SpareClasses} spare" : "")}");
        foreach (var (name, bytes) in made.Bytes.OrderBy(f => f.Key, StringComparer.Ordinal)) output.WriteLine($"  {name}  {ByteSize.Text(bytes)}");
    }
}
