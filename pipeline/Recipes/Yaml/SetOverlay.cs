namespace OnnxPipeline.Pipeline.Recipes.Yaml;

/// <summary>Puts the command line's "--set path=value" into a recipe's tree, before it is bound.</summary>
internal static class SetOverlay
{
    private const string Option = "--set ";

    /// <summary>Whether a value whose position is <paramref name="where"/> came from the command line.</summary>
    public static bool Gave(string where) => where.StartsWith(Option, StringComparison.Ordinal);

    /// <param name="root">The tree.</param>
    /// <param name="sets">The changes, each as "path=value".</param>
    /// <param name="errors">Takes what is wrong with them.</param>
    /// <param name="option">The option that gave them, with a space behind it, as errors name it.</param>
    public static YamlMapping Apply(YamlMapping root, IEnumerable<string> sets, List<RecipeError> errors, string option = Option)
    {
        foreach (var set in sets)
        {
            var where = option + set;
            var (path, text) = Split(set);
            if (path is null)
            {
                errors.Add(new RecipeError(where, "", "expected path=value, for example train.epochs=5."));
                continue;
            }
            try
            {
                var value = text.Trim().Length == 0 ? new YamlScalar(where, "", Plain: true) : YamlTreeReader.ReadValue(where, text, errors);
                root = Put(root, path, value);
            }
            catch (RecipeException exception)
            {
                errors.AddRange(exception.Errors);
            }
        }
        return root;
    }

    /// <summary>The tree with one value put in at a path such as "train.epochs".</summary>
    /// <exception cref="RecipeException">On the way there is something that holds nothing.</exception>
    public static YamlMapping Put(YamlMapping root, string path, YamlValue value) => Put(root, path.Split('.'), 0, value, value.Where);

    /// <summary>Takes "path=text" apart; the path is null where the form is another.</summary>
    public static (string? Path, string Text) Split(string set)
    {
        var equals = set.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? "" : set[..equals];
        return (path.Split('.').Any(string.IsNullOrWhiteSpace) ? null : path, set[(equals + 1)..]);
    }

    private static YamlMapping Put(YamlMapping parent, string[] path, int depth, YamlValue value, string where)
    {
        var key = path[depth];
        if (depth == path.Length - 1) return parent.With(new YamlEntry(key, where, value));
        var child = parent[key] switch
        {
            null => new YamlMapping(where, []),
            YamlScalar scalar when ScalarKinds.Of(scalar) == ScalarKind.Null => new YamlMapping(where, []),
            YamlMapping mapping => mapping,
            var other => throw new RecipeException(where, $"'{string.Join('.', path[..(depth + 1)])}' is {other.Description} (at {other.Where}), so nothing can be set inside it; set it as a whole."),
        };
        return parent.With(new YamlEntry(key, parent.Entries.FirstOrDefault(e => e.Key == key)?.Where ?? where, Put(child, path, depth + 1, value, where)));
    }
}
