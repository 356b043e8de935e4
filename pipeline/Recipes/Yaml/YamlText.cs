using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Pipeline.Recipes.Yaml;

/// <summary>A value of a recipe in one line, in YAML's flow style: what "--set path=" takes.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> Indicators = SearchValues.Create(",[]{}:#&*!|>'\"%@`");

    public static string Of(YamlValue value) => value switch
    {
        YamlScalar scalar => Of(scalar),
        YamlSequence sequence => $"[{string.Join(", ", sequence.Items.Select(Of))}]",
        YamlMapping mapping => $"{{{string.Join(", ", mapping.Entries.Select(e => $"{Of(new YamlScalar(e.Where, e.Key, Plain: true))}: {Of(e.Value)}"))}}}",
        _ => throw new ArgumentException($"{value.Description} has no text.", nameof(value)),
    };

    private static string Of(YamlScalar scalar) =>
        ScalarKinds.Of(scalar) == ScalarKind.Null ? "null"
        : scalar.Plain && !scalar.Text.AsSpan().ContainsAny(Indicators) ? scalar.Text
        : $"\"{JsonEncodedText.Encode(scalar.Text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
