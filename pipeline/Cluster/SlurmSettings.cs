using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>Puts together what is asked of Slurm: the recipe's section "slurm", over it a profile file, over that the command line.</summary>
internal static class SlurmSettings
{
    /// <summary>The section's key in a recipe.</summary>
    public const string Key = "slurm";

    /// <summary>The profile that is taken where none is named.</summary>
    public const string DefaultProfile = "slurm.yaml";

    /// <param name="section">The recipe's section; null where there is none.</param>
    /// <param name="profile">A profile file, relative to the folder; null for <see cref="DefaultProfile"/> where there is one.</param>
    /// <param name="sets">Options of the command line, each as "key=value".</param>
    /// <param name="folder">The current folder.</param>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public static SlurmOptions Read(YamlValue? section, string? profile, IEnumerable<string> sets, string folder)
    {
        var errors = new List<RecipeError>();
        var tree = new[] { section, ReadProfile(profile, folder, errors) }.OfType<YamlValue>()
            .SelectMany(source => Entries(source, errors))
            .Aggregate(new YamlMapping("the options of Slurm", []), (all, entry) => all.With(entry));
        var options = Bind(SetOverlay.Apply(tree, sets.Select(Quoted), errors, "--slurm "), errors);
        return errors.Count == 0 ? options : throw new RecipeException(errors);
    }

    /// <summary>Adds what is wrong with a recipe's section.</summary>
    public static void Check(YamlValue section, List<RecipeError> errors) => Bind(new YamlMapping(section.Where, Entries(section, errors)), errors);

    /// <summary>The command line's "time=30" and "time=2:00:00" are texts, though YAML has other names for some of them.</summary>
    private static string Quoted(string set)
    {
        var (path, text) = SetOverlay.Split(set);
        var isText = RecordShape.Of(typeof(SlurmOptions)).Options.Any(o => o.Key == path && o.Type == typeof(string)) && text.Length > 0 && text != "null";
        return isText ? $"{path}='{text.Replace("'", "''", StringComparison.Ordinal)}'" : set;
    }

    private static SlurmOptions Bind(YamlMapping tree, List<RecipeError> errors)
    {
        var binder = new RecordBinder(errors);
        var options = (SlurmOptions)binder.BindRoot(tree, typeof(SlurmOptions));
        errors.AddRange(RecipeValidator.CheckRecord(options).Select(breach => new RecipeError(binder.Where(breach.Path), $"{Key}.{breach.Path}", breach.Message)));
        return options;
    }

    private static IReadOnlyList<YamlEntry> Entries(YamlValue source, List<RecipeError> errors)
    {
        if (source is YamlMapping mapping) return mapping.Entries;
        errors.Add(new RecipeError(source.Where, Key, $"expected a mapping with keys such as 'partition' and 'time', found {source.Description}."));
        return [];
    }

    private static YamlValue? ReadProfile(string? profile, string folder, List<RecipeError> errors)
    {
        var path = profile ?? DefaultProfile;
        if (File.Exists(Path.Combine(folder, path))) return YamlTreeReader.ReadFile(path, folder, errors);
        if (profile is not null) errors.Add(new RecipeError("--profile", "", $"there is no file '{profile}'; expected a YAML file with keys such as 'partition' and 'time'."));
        return null;
    }
}
