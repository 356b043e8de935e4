using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>Reads what a sweep varies, from the command line or from a recipe's section. What does not read is an error in the list.</summary>
internal static class SweepParameterReader
{
    private const int ShownCharacters = 80;

    /// <summary>Reads "path=a,b,c", split at commas outside of brackets and quotes, or "path=min..max".</summary>
    public static SweepParameter? ReadSet(string set, List<RecipeError> errors)
    {
        var where = $"--set {(set.Length <= ShownCharacters ? set : set[..ShownCharacters] + "…")}";
        var (path, text) = SetOverlay.Split(set);
        if (path is null)
        {
            errors.Add(new RecipeError(where, "", "expected path=value,value, for example train.epochs=5,10."));
            return null;
        }
        var range = ValueRange.Read(text.Trim(), out var problem);
        if (range is not null) return new SweepParameter(path, where, [], range);
        var items = SplitAtCommas(text);
        if (items.Any(string.IsNullOrWhiteSpace)) problem = items.Count == 1 ? "there are no values; write null for nothing." : "there is a comma with no value before or after it; write null for nothing.";
        else if (items.Count > 1 && items.FirstOrDefault(i => ValueRange.Read(i.Trim(), out var fault) is not null || fault is not null) is { } mixed) problem = $"the range {mixed.Trim()} stands in a list; give a list or one range.";
        if (problem is not null)
        {
            errors.Add(new RecipeError(where, path, problem));
            return null;
        }
        try
        {
            return new SweepParameter(path, where, [.. items.Select(item => YamlTreeReader.ReadValue(where, item, errors))]);
        }
        catch (RecipeException exception)
        {
            errors.AddRange(exception.Errors);
            return null;
        }
    }

    /// <summary>Reads an entry "path: [a, b, c]" or "path: min..max".</summary>
    public static SweepParameter? ReadEntry(YamlEntry entry, List<RecipeError> errors)
    {
        string? problem = null;
        if (entry.Value is YamlSequence { Items.Count: > 0 } list) return new SweepParameter(entry.Key, entry.Where, list.Items);
        if (entry.Value is YamlScalar { Plain: true } scalar && ValueRange.Read(scalar.Text, out problem) is { } range) return new SweepParameter(entry.Key, entry.Where, [], range);
        var found = entry.Value is YamlSequence ? "an empty list" : entry.Value.Description;
        errors.Add(new RecipeError(entry.Value.Where, entry.Key, problem ?? $"expected a list of values, or a range such as 1e-4..1e-1:log, found {found}."));
        return null;
    }

    internal static IReadOnlyList<string> SplitAtCommas(string text)
    {
        var items = new List<string>();
        var (start, depth, quote) = (0, 0, '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote == '"') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'') quote = c;
            else if (c is '[' or '{') depth++;
            else if (c is ']' or '}') depth--;
            else if (c == ',' && depth == 0)
            {
                items.Add(text[start..i]);
                start = i + 1;
            }
        }
        items.Add(text[start..]);
        return items;
    }
}
