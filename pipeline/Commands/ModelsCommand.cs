using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"models": what can be built by name, and what a model consists of.</summary>
internal static class ModelsCommand
{
    private const string Extension = ".onnx";
    private const int DefaultClasses = 10;

    public static Command Create(CliServices services) => new("models", "List the models a recipe can name, or show one's layers.")
    {
        CreateList(services),
        CreateShow(services),
    };

    private static Command CreateList(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "Print the models as JSON." };
        var command = new Command("list", "List the models a recipe can name, and their options' defaults.") { json };
        command.SetAction(line =>
        {
            IReadOnlyList<ModelLine> lines = [.. ModelRegistry.Entries.Select(e => new ModelLine(e.Name, e.Description, OptionsOf(e)))];
            if (line.GetValue(json))
            {
                services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListModelLine));
                return;
            }
            var table = new TextTable("MODEL", "WHAT IT IS", "OPTIONS");
            foreach (var l in lines) table.Add(l.Name, l.Description, string.Join("  ", l.Options.Select(o => $"{o.Key}={o.Value.GetRawText().Trim('"')}")));
            services.Out.Write(table);
        });
        return command;
    }

    private static Command CreateShow(CliServices services)
    {
        var name = new Argument<string>("MODEL") { Description = $"A model's name ({string.Join(", ", ModelRegistry.Entries.Select(e => e.Name))}) or any {Extension} file." };
        var input = new Option<string?>("--input") { Description = "The images a named model is built for, for example 1x28x28.", HelpName = "CHANNELSxHEIGHTxWIDTH" };
        var classes = new Option<int?>("--classes") { Description = $"Its classes. [default: {DefaultClasses}]", HelpName = "N" };
        var set = new Option<string[]>("--set") { Description = "Change an option of it, for example channels=[[8],[16]].", HelpName = "OPTION=VALUE" };
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON." };
        var command = new Command("show", "Show a model's layers with output shapes, parameters and multiply-adds.") { name, input, classes, set, json };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(name);
            var sets = line.GetValue(set) ?? [];
            var model = IsFile(given, services)
                ? Load(given, [(input.Name, line.GetValue(input) is not null), (classes.Name, line.GetValue(classes) is not null), (set.Name, sets.Length > 0)], services)
                : Build(given, line.GetValue(input), line.GetValue(classes) ?? DefaultClasses, sets);
            var summary = ModelSummary.Of(model);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(ModelDescription.Of(model, summary), CliJson.Default.ModelDescription));
            else Print(model, summary, services.Out);
        });
        return command;
    }

    private static bool IsFile(string name, CliServices services) =>
        File.Exists(Path.Combine(services.Folder, name)) || name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || name.Contains('/') || name.Contains('\\');

    private static Model Load(string path, (string Option, bool Given)[] unused, CliServices services)
    {
        if (unused.Where(o => o.Given).Select(o => o.Option).ToArray() is { Length: > 0 } options)
            throw new UsageException($"{string.Join(", ", options)}: '{path}' is a finished model; these are for a model that is built by name. Leave them out.");
        var full = Path.Combine(services.Folder, path);
        return File.Exists(full) ? Model.Load(full) : throw new UsageException($"There is no model file '{path}'.");
    }

    private static Model Build(string name, string? input, int classes, string[] sets)
    {
        var entry = ModelRegistry.Entries.FirstOrDefault(e => e.Name == name)
            ?? throw new UsageException($"There is no model '{name}'.{Names.Suggest(name, ModelRegistry.Entries.Select(e => e.Name))} Or give an {Extension} file.");
        if (input is null) throw new UsageException($"--input is missing: the images that '{name}' is built for, for example --input 1x28x28.");
        try
        {
            return ModelRegistry.Build(RecipeReader.ReadOptions(entry.Defaults, sets), ModelInput.Parse(input), classes, seed: 0);
        }
        catch (Exception exception) when (exception is FormatException or ModelOptionsException)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static void Print(Model model, ModelSummary summary, TextWriter output)
    {
        var table = new TextTable("LAYER", "OPERATOR", "OUTPUT", "PARAMETERS", "MULTIPLY-ADDS") { NumbersFrom = 3 };
        foreach (var row in summary.Rows) table.Add(row.Name, row.OpType, row.Output.Shape?.ToString() ?? "?", Count(row.Parameters), Count(row.MultiplyAdds));
        table.Add("total", "", "", Number(summary.Parameters), Number(summary.MultiplyAdds));
        output.WriteLine($"{model.Graph.Name}: {ModelDescription.Values(model.Graph.Inputs)} -> {ModelDescription.Values(model.Graph.Outputs)}");
        output.Write(table);
        output.WriteLine($"{ByteSize.Text(summary.WeightBytes)} of weights; multiply-adds are for a batch of one");

        static string Count(long count) => count == 0 ? "-" : Number(count);

        static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>Every option with its default, as a recipe writes them.</summary>
    private static SortedDictionary<string, JsonElement> OptionsOf(ModelEntry entry)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Of(entry.Defaults));
        return new(document.RootElement.EnumerateObject().Where(o => o.Name != Union.Key).ToDictionary(o => o.Name, o => o.Value.Clone()), StringComparer.Ordinal);
    }
}
