using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What was asked for: every option of the recipe.</summary>
internal static class RecipeSection
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Section Of(RunFiles run) => new("Recipe",
        new Paragraph("Every option, defaults included. It is YAML too: save it as a file and run it."),
        new Preformatted(JsonSerializer.Serialize(run.Options, Layout)));
}
