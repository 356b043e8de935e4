using System.Collections;
using System.Globalization;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Holds a recipe against <see cref="RecipeRules"/> and reports every breach.</summary>
internal static class RecipeValidator
{
    /// <summary>Breaches as (path, message), in the order of the options.</summary>
    /// <param name="recipe">A recipe, perhaps with options missing that could not be read.</param>
    /// <param name="relations">Whether rules between options are checked too; not when some of them could not be read.</param>
    public static IEnumerable<(string Path, string Message)> Check(Recipe recipe, bool relations = true)
    {
        var breaches = CheckRecord(recipe.Written).ToList();
        if (relations && breaches.Count == 0) breaches.AddRange(RecipeRelations.All.Select(r => r(recipe)).OfType<(string, string)>().Concat(RecipeRelations.OwnFaults(recipe)));
        return breaches;
    }

    /// <summary>Breaches of the rules for one record's options, and those of the records in it.</summary>
    public static IEnumerable<(string Path, string Message)> CheckRecord(object record, string prefix = "")
    {
        foreach (var option in RecordShape.Of(record.GetType()).Options)
        {
            if (option.Property.GetValue(record) is not { } value) continue;
            var path = prefix + option.Key;
            if (RecipeRules.Of(record.GetType(), option.Key) is { } rule && !rule.Holds(value))
                yield return (path, $"expected {rule.Expected}, found {CanonicalOrText(value)}.");
            foreach (var (inner, at) in Records(value, option.Type, path))
            {
                foreach (var breach in CheckRecord(inner, at + ".")) yield return breach;
            }
        }
    }

    /// <summary>The records in a value, each with its path: itself, or those of a list.</summary>
    private static IEnumerable<(object Record, string Path)> Records(object value, Type type, string path) =>
        RecordShape.ElementOf(type) is { } element ? ((IEnumerable)value).Cast<object>().SelectMany((item, i) => Records(item, element, $"{path}.{i}"))
        : RecordShape.IsRecord(type) ? [(value, path)]
        : [];

    /// <summary>The canonical form, in which numbers that are not finite, alone or among others, are written out too.</summary>
    private static string CanonicalOrText(object value) => value switch
    {
        double number when !double.IsFinite(number) => number.ToString(CultureInfo.InvariantCulture),
        IDictionary map => $"{{{string.Join(",", map.Keys.Cast<object>().Select(key => $"{CanonicalJson.Of(key)}:{CanonicalOrText(map[key]!)}"))}}}",
        IEnumerable list and not string => $"[{string.Join(",", list.Cast<object>().Select(CanonicalOrText))}]",
        _ => CanonicalJson.Of(value),
    };
}
