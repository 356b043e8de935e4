using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Reads recipes, strictly.</summary>
internal static class RecipeReader
{
    /// <summary>Reads a recipe file with the command line's changes put in.</summary>
    /// <param name="path">A YAML file, as errors shall name it.</param>
    /// <param name="folder">Where a relative path starts from.</param>
    /// <param name="sets">Changes, each as "path=value", the value in YAML.</param>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public static Recipe Read(string path, string folder, IEnumerable<string> sets) => RecipeDocument.ReadFile(path, folder).Bind(sets);

    /// <summary>Reads a recipe from a text; <paramref name="source"/> stands for the file in errors.</summary>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public static Recipe Parse(string source, string text, params IEnumerable<string> sets) => RecipeDocument.ReadText(source, text).Bind(sets);

    /// <summary>Reads one record of options from the command line alone, as strictly as a recipe.</summary>
    /// <param name="defaults">Gives the record's type; what no change names keeps its default.</param>
    /// <param name="sets">Changes, each as "path=value", the value in YAML.</param>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public static T ReadOptions<T>(T defaults, IEnumerable<string> sets) where T : class
    {
        var errors = new List<RecipeError>();
        var binder = new RecordBinder(errors);
        var options = (T)binder.BindRoot(SetOverlay.Apply(new YamlMapping("--set", []), sets, errors), defaults.GetType());
        errors.AddRange(RecipeValidator.CheckRecord(options).Select(b => new RecipeError(binder.Where(b.Path), b.Path, b.Message)));
        return errors.Count == 0 ? options : throw new RecipeException(errors);
    }
}
