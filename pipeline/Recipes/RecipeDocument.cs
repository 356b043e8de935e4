using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Recipes.Yaml;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>A recipe's text, read but not yet bound: a run binds it once, a sweep once a trial.</summary>
internal sealed class RecipeDocument
{
    private readonly YamlMapping _root;
    private readonly IReadOnlyList<RecipeError> _errors;

    private RecipeDocument(YamlValue tree, IReadOnlyList<RecipeError> errors)
    {
        if (tree is not YamlMapping root) throw new RecipeException(tree.Where, $"expected a mapping with keys such as 'name' and 'model', found {tree.Description}.");
        var sweepErrors = new List<RecipeError>();
        _root = root;
        Sweep = SweepSection.Read(root[SweepSection.Key], sweepErrors);
        _errors = [.. errors, .. sweepErrors];
    }

    /// <summary>The sweep that the recipe describes; an empty one where it describes none. It is no part of the <see cref="Recipe"/>, so no key depends on it.</summary>
    public SweepSection Sweep { get; }

    /// <summary>Reads a file, its path relative to a folder.</summary>
    /// <exception cref="RecipeException">It is no YAML, uses what recipes may not, or is no mapping.</exception>
    public static RecipeDocument ReadFile(string path, string folder)
    {
        var errors = new List<RecipeError>();
        return new RecipeDocument(YamlTreeReader.ReadFile(path, folder, errors), errors);
    }

    /// <summary>Reads a text; <paramref name="source"/> stands for the file in errors.</summary>
    /// <exception cref="RecipeException">It is no YAML, uses what recipes may not, or is no mapping.</exception>
    public static RecipeDocument ReadText(string source, string text)
    {
        var errors = new List<RecipeError>();
        return new RecipeDocument(YamlTreeReader.ReadText(source, text, errors), errors);
    }

    /// <summary>The recipe with the command line's changes put in, each as "path=value", the value in YAML.</summary>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public Recipe Bind(IEnumerable<string> sets)
    {
        var errors = _errors.ToList();
        return Bind(SetOverlay.Apply(_root, sets, errors), errors);
    }

    /// <summary>The recipe with values put in at paths, one after the other.</summary>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public Recipe Bind(IEnumerable<(string Path, YamlValue Value)> values)
    {
        var errors = _errors.ToList();
        var root = _root;
        foreach (var (path, value) in values)
        {
            try
            {
                root = SetOverlay.Put(root, path, value);
            }
            catch (RecipeException exception)
            {
                errors.AddRange(exception.Errors);
            }
        }
        return Bind(root, errors);
    }

    private Recipe Bind(YamlMapping root, List<RecipeError> errors)
    {
        if (root[SweepSection.Key] is { } sweep && sweep != _root[SweepSection.Key])
            errors.Add(new RecipeError(sweep.Where, "", "a sweep's options are not set by path; edit the recipe, or use the flags of 'pipeline sweep'."));
        var binder = new RecordBinder(errors);
        var recipe = (Recipe)binder.BindRoot(root, typeof(Recipe), elsewhere: SweepSection.Key);
        errors.AddRange(RecipeValidator.Check(recipe, relations: errors.Count == 0).Select(b => new RecipeError(binder.Where(b.Path), b.Path, b.Message)));
        return errors.Count == 0 ? recipe : throw new RecipeException(errors);
    }
}
