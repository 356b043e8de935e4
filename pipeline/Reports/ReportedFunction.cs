using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>What a report tells of the search for a minimum.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Options">The whole recipe in canonical form.</param>
/// <param name="Folders">The artifacts' folders by stage: function and minimize.</param>
internal sealed record ReportedFunction(string Recipe, JsonElement Options, IReadOnlyDictionary<string, string> Folders)
{
    public Model Model { get; } = Model.Load(Path.Combine(Folders[FunctionStage.StageName], FunctionStage.FileName));

    public FunctionPath Way { get; } = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(Folders[MinimizeStage.StageName], MinimizeStage.PathFile)), StageJson.Default.FunctionPath)!;

    /// <summary>The function as it was written; for a model its name and variables.</summary>
    public string Formula => Options.GetProperty(FunctionRecipe.Key).GetProperty("expression").GetString() ?? $"{Model.Graph.Name}({string.Join(", ", Way.Variables)})";
}
