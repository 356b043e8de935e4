using System.Collections;
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
        var breaches = CheckRecord(recipe).ToList();
        if (relations && breaches.Count == 0) breaches.AddRange(RecipeRules.Relations.Select(r => r(recipe)).OfType<(string, string)>().Concat(RecipeRules.OwnFaults(recipe)));
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
            var records = RecordShape.IsRecord(option.Type) ? [(value, path)]
                : RecordShape.ElementOf(option.Type) is { } element && RecordShape.IsRecord(element) ? ((IEnumerable)value).Cast<object>().Select((item, i) => (item, $"{path}.{i}"))
                : [];
            foreach (var (item, at) in records)
            {
                foreach (var breach in CheckRecord(item, at + ".")) yield return breach;
            }
        }
    }

    private static string CanonicalOrText(object value) => value is double number && !double.IsFinite(number) ? number.ToString() : CanonicalJson.Of(value);
}
