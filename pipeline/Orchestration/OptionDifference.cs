using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>An option that differs between two sets of options; null stands for one that is not there.</summary>
internal sealed record OptionDifference(string Path, string? Old, string? New)
{
    /// <summary>Longer values are cut off where they stand in a sentence.</summary>
    private const int Shown = 80;

    /// <summary>Of a hash that many digits are shown, as of keys.</summary>
    private const int HashShown = 12;

    /// <summary>Differences in order of the options' paths. Lists are compared as a whole, lists of options entry by entry.</summary>
    public static IReadOnlyList<OptionDifference> Between(JsonElement old, JsonElement @new) =>
        [.. Compare("", old, @new).OrderBy(d => d.Path, StringComparer.Ordinal)];

    public override string ToString() =>
        Old is null ? $"option {Path} is new, with {Short(New!)}"
        : New is null ? $"option {Path} is gone, was {Short(Old)}"
        : $"option {Path} changed from {Short(Old)} to {Short(New)}";

    private static IEnumerable<OptionDifference> Compare(string path, JsonElement? old, JsonElement? @new)
    {
        if (old is not { ValueKind: JsonValueKind.Object } && @new is not { ValueKind: JsonValueKind.Object })
            return IsOptionList(old) && IsOptionList(@new) ? Entries(path, old!.Value, @new!.Value) : Values(path, old, @new);
        // An object that is not there has none of the options; where a single value stands in its place, that is gone.
        var names = Members(old).Union(Members(@new));
        return [.. Values(path, Single(old), Single(@new)), .. names.SelectMany(name => Compare(path.Length == 0 ? name : $"{path}.{name}", Member(old, name), Member(@new, name)))];
    }

    private static IEnumerable<OptionDifference> Entries(string path, JsonElement old, JsonElement @new)
    {
        var (before, after) = (old.GetArrayLength(), @new.GetArrayLength());
        for (var i = 0; i < Math.Max(before, after); i++)
        {
            var differences = i < before && i < after ? Compare($"{path}.{i}", old[i], @new[i]) : Values($"{path}.{i}", i < before ? old[i] : null, i < after ? @new[i] : null);
            foreach (var difference in differences) yield return difference;
        }
    }

    private static OptionDifference[] Values(string path, JsonElement? old, JsonElement? @new)
    {
        var (before, after) = (Text(old), Text(@new));
        return before == after ? [] : [new OptionDifference(path, before, after)];
    }

    private static bool IsOptionList(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object);

    private static JsonElement? Single(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } ? null : element;

    private static IEnumerable<string> Members(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } options ? options.EnumerateObject().Select(m => m.Name) : [];

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } options && options.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? element) => element is { } value ? CanonicalJson.Of(value) : null;

    private static string Short(string value) => IsHash(value) ? value[1..(HashShown + 1)] : value.Length <= Shown ? value : $"{value[..(Shown - 1)]}…";

    /// <summary>A SHA-256 in quotes.</summary>
    private static bool IsHash(string value) => value.Length == 66 && value[1..^1].All(char.IsAsciiHexDigitLower);
}
