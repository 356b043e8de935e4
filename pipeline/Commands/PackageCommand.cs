using System.CommandLine;
using OnnxPipeline.Export.Packaging;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"package": an exported model in the form in which somebody else takes it.</summary>
internal static class PackageCommand
{
    public static Command Create(CliServices services)
    {
        var kinds = Names.EnumValues(typeof(PackageKind));
        var model = new Argument<string>("MODEL") { Description = "An exported ONNX model, for example artifacts/latest/model.onnx; its card and reports are taken from beside it." };
        var kind = new Option<string>("--as") { Description = $"What to make: {string.Join(", ", kinds)}.", HelpName = "KIND", Required = true };
        var output = new Option<string>("--out") { Description = "The folder to make; it must not be there, or be empty.", HelpName = "DIR", Required = true };
        var name = new Option<string?>("--name") { Description = "The model's name in the package. [default: that of its dataset]", HelpName = "NAME" };
        var version = new Option<string>("--package-version") { Description = "The NuGet package's version.", HelpName = "VERSION", DefaultValueFactory = _ => "1.0.0" };
        var source = new Option<string?>("--nuget-source") { Description = "A folder to restore ONNX Runtime from for the NuGet package, beside the machine's own sources.", HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Replace the folder if it is not empty." };
        var command = new Command("package", "Package an exported model: a folder, a Triton or KServe repository, a web page, a NuGet package, ORT format, or a copy for this machine.") { model, kind, output, name, version, source, force };
        command.SetAction(line =>
        {
            var wanted = line.GetRequiredValue(kind);
            if (!kinds.Contains(wanted)) throw new UsageException($"There is no kind of package '{wanted}'.{Names.Suggest(wanted, kinds)}");
            string In(string path) => Path.GetFullPath(path, services.Folder);
            var folder = In(line.GetRequiredValue(output));
            var files = ModelPackage.Write(In(line.GetRequiredValue(model)), folder, new PackageOptions
            {
                Kind = Enum.GetValues<PackageKind>().First(k => Names.Enum(k) == wanted),
                Name = line.GetValue(name),
                Version = line.GetRequiredValue(version),
                NuGetSource = line.GetValue(source) is { } feed ? In(feed) : null,
                Force = line.GetValue(force),
            });
            foreach (var file in files) services.Out.WriteLine(Path.Combine(folder, file));
        });
        return command;
    }
}
