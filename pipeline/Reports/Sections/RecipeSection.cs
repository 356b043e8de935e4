using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What was asked for: every option of the recipe.</summary>
internal static class RecipeSection
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Section Of(ReportedRun run) => Of(run.Options);

    /// <param name="options">The recipe in canonical form.</param>
    public static Section Of(JsonElement options) => new("Recipe",
        new Paragraph("Every option, defaults included. It is YAML too: save it as a file and run it."),
        new Preformatted(JsonSerializer.Serialize(options, Layout)));
}
