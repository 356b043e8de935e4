using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>The section "sweep" of a recipe: what varies, and how. It decides which trials there are, and nothing of any of them.</summary>
internal sealed record SweepSection(IReadOnlyList<SweepParameter> Parameters, SweepOptions Options)
{
    /// <summary>The section's key in a recipe.</summary>
    public const string Key = "sweep";

    /// <summary>The key of the mapping from paths to values.</summary>
    public const string SetKey = "set";

    public static SweepSection Empty { get; } = new([], new SweepOptions());

    /// <summary>Reads the section; an empty one where there is none.</summary>
    public static SweepSection Read(YamlValue? section, List<RecipeError> errors)
    {
        if (section is null) return Empty;
        if (section is not YamlMapping mapping)
        {
            errors.Add(new RecipeError(section.Where, Key, $"expected a mapping with the key '{SetKey}', found {section.Description}."));
            return Empty;
        }
        var binder = new RecordBinder(errors);
        var options = (SweepOptions)binder.BindRoot(mapping, typeof(SweepOptions), elsewhere: SetKey);
        errors.AddRange(RecipeValidator.CheckRecord(options).Select(b => new RecipeError(binder.Where(b.Path), $"{Key}.{b.Path}", b.Message)));
        return new SweepSection(ReadParameters(mapping[SetKey], errors), options);
    }

    /// <summary>The section with the command line's values: a path given in both is the command line's.</summary>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public SweepSection With(IEnumerable<string> sets, SweepOptions options)
    {
        var errors = new List<RecipeError>();
        var given = new List<SweepParameter>();
        foreach (var set in sets)
        {
            if (SweepParameterReader.ReadSet(set, errors) is not { } parameter) continue;
            if (given.Find(p => p.Path == parameter.Path) is { } before) errors.Add(new RecipeError(parameter.Where, parameter.Path, $"this path was given before, as {before.Where}; give all of its values at once."));
            else given.Add(parameter);
        }
        errors.AddRange(RecipeValidator.CheckRecord(options).Select(b => new RecipeError($"--{JsonNamingPolicy.KebabCaseLower.ConvertName(b.Path.Split('.')[^1])}", "", b.Message)));
        if (errors.Count > 0) throw new RecipeException(errors);
        return new SweepSection([.. Parameters.Where(p => given.All(g => g.Path != p.Path)), .. given], options);
    }

    private static IReadOnlyList<SweepParameter> ReadParameters(YamlValue? set, List<RecipeError> errors)
    {
        if (set is YamlMapping mapping) return [.. mapping.Entries.Select(entry => SweepParameterReader.ReadEntry(entry, errors)).OfType<SweepParameter>()];
        if (set is not null) errors.Add(new RecipeError(set.Where, $"{Key}.{SetKey}", $"expected a mapping from paths to lists of values, found {set.Description}."));
        return [];
    }
}
