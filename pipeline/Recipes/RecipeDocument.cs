using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Recipes.Yaml;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>A recipe's text, read but not yet bound: a run binds it once, a sweep once a trial.</summary>
internal sealed class RecipeDocument
{
    private readonly YamlMapping _root;
    private readonly IReadOnlyList<RecipeError> _errors;
    private readonly (string Recipe, string Current)? _folders;

    /// <param name="tree">What was read.</param>
    /// <param name="errors">What was wrong with it.</param>
    /// <param name="folders">The absolute folders that the paths in it and those of the command line start from; null for a text, whose paths stay as they are.</param>
    private RecipeDocument(YamlValue tree, IReadOnlyList<RecipeError> errors, (string Recipe, string Current)? folders)
    {
        _folders = folders;
        if (tree is not YamlMapping root) throw new RecipeException(tree.Where, $"expected a mapping with keys such as 'name' and 'model', found {tree.Description}.");
        var sectionErrors = new List<RecipeError>();
        _root = root;
        Sweep = SweepSection.Read(root[SweepSection.Key], sectionErrors);
        if (Slurm is { } slurm) SlurmSettings.Check(slurm, sectionErrors);
        _errors = [.. errors, .. sectionErrors];
    }

    /// <summary>The sweep that the recipe describes; an empty one where it describes none. It is no part of the <see cref="Recipe"/>, so no key depends on it.</summary>
    public SweepSection Sweep { get; }

    /// <summary>What the recipe asks of Slurm; null where it asks nothing. It is no part of the <see cref="Recipe"/> either.</summary>
    public YamlValue? Slurm => _root[SlurmSettings.Key];

    /// <summary>Reads a file, its path relative to a folder.</summary>
    /// <exception cref="RecipeException">It is no YAML, uses what recipes may not, or is no mapping.</exception>
    public static RecipeDocument ReadFile(string path, string folder)
    {
        var errors = new List<RecipeError>();
        var current = Path.GetFullPath(folder);
        return new RecipeDocument(YamlTreeReader.ReadFile(path, folder, errors), errors, (Path.GetDirectoryName(Path.GetFullPath(path, current))!, current));
    }

    /// <summary>Reads a text; <paramref name="source"/> stands for the file in errors.</summary>
    /// <exception cref="RecipeException">It is no YAML, uses what recipes may not, or is no mapping.</exception>
    public static RecipeDocument ReadText(string source, string text)
    {
        var errors = new List<RecipeError>();
        return new RecipeDocument(YamlTreeReader.ReadText(source, text, errors), errors, null);
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
        if (root[SlurmSettings.Key] is { } slurm && slurm != Slurm)
            errors.Add(new RecipeError(slurm.Where, "", "what is asked of Slurm is not set by path; use --slurm KEY=VALUE, or a profile."));
        var binder = new RecordBinder(errors);
        var recipe = IsFunction(root)
            ? ((FunctionRecipe)binder.BindRoot(WithoutTraining(root, errors), typeof(FunctionRecipe), SweepSection.Key, SlurmSettings.Key)).ToRecipe()
            : (Recipe)binder.BindRoot(root, typeof(Recipe), SweepSection.Key, SlurmSettings.Key, FunctionRecipe.Key);
        errors.AddRange(RecipeValidator.Check(recipe, relations: errors.Count == 0).Select(b => new RecipeError(binder.Where(b.Path), b.Path, b.Message)));
        if (errors.Count > 0) throw new RecipeException(errors);
        return _folders is { } folders ? RecipePaths.Resolve(recipe, option => SetOverlay.Gave(binder.Where(option)) ? folders.Current : folders.Recipe) : recipe;
    }
    /// <summary>Whether the recipe is of the kind that minimises a function; one without, or with nothing in it, trains a model.</summary>
    private static bool IsFunction(YamlMapping root) =>
        root[FunctionRecipe.Key] is { } section && !(section is YamlScalar scalar && ScalarKinds.Of(scalar) == ScalarKind.Null);

    /// <summary>Takes out, and reports, what only a recipe of the other kind has.</summary>
    private static YamlMapping WithoutTraining(YamlMapping root, List<RecipeError> errors)
    {
        var own = RecordShape.Of(typeof(FunctionRecipe)).Options.Select(o => o.Key).ToHashSet();
        var others = RecordShape.Of(typeof(Recipe)).Options.Select(o => o.Key).Where(key => !own.Contains(key)).ToHashSet();
        errors.AddRange(root.Entries.Where(e => others.Contains(e.Key)).Select(e => new RecipeError(e.Where, e.Key,
            $"a recipe either minimises a function or trains a model, and '{e.Key}' belongs to the training of one; leave out '{e.Key}' or '{FunctionRecipe.Key}'.")));
        return root with { Entries = [.. root.Entries.Where(e => !others.Contains(e.Key))] };
    }
}
