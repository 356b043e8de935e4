using System.Collections;
using System.Numerics;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>
/// Binds a YAML tree onto options records, strictly: nothing unknown, nothing missing, nothing converted by guesswork.
/// What cannot be bound is an error in the list and keeps its default, so that one reading finds every error.
/// </summary>
internal sealed class RecordBinder(List<RecipeError> errors)
{
    private static readonly object Failed = new();
    private readonly Dictionary<string, string> _positions = [];

    /// <summary>Where the option at a path was given: its own position, or that of the nearest record that holds it.</summary>
    public string Where(string path)
    {
        while (true)
        {
            if (_positions.TryGetValue(path, out var where)) return where;
            var dot = path.LastIndexOf('.');
            path = dot < 0 ? "" : path[..dot];
        }
    }

    /// <summary>The record that the tree describes; options that failed have their defaults, or null where they have none.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="type">The record's type.</param>
    /// <param name="elsewhere">Keys of the tree that somebody else reads.</param>
    public object BindRoot(YamlMapping root, Type type, params IReadOnlyList<string> elsewhere) => BindRecord(root, type, "", elsewhere);

    private object Bind(YamlValue value, Type type, string path)
    {
        _positions[path] = value.Where;
        if (Unions.Of(type) is { } union) return BindUnion(value, union, path);
        if (RecordShape.ElementOf(type) is { } element) return BindList(value, element, path);
        if (RecordShape.NamedOf(type) is { } named) return BindNamed(value, named, path);
        if (RecordShape.IsRecord(type)) return value is YamlMapping mapping ? BindRecord(mapping, type, path, []) : Wrong(value, path, "a mapping of options");
        return value is YamlScalar scalar ? BindScalar(scalar, type, path) : Wrong(value, path, ScalarBinder.Expected(type));
    }

    private object BindRecord(YamlMapping mapping, Type type, string path, IReadOnlyList<string> elsewhere)
    {
        _positions[path] = mapping.Where;
        var record = RecordShape.Default(type);
        var options = RecordShape.Of(type).Options;
        foreach (var entry in mapping.Entries)
        {
            if (elsewhere.Contains(entry.Key)) continue;
            if (options.FirstOrDefault(o => o.Key == entry.Key) is { } option) BindOption(record, option, entry.Value, Join(path, option.Key));
            else errors.Add(new RecipeError(entry.Where, path, $"unknown key '{entry.Key}'.{Names.Suggest(entry.Key, options.Select(o => o.Key).Concat(elsewhere))}"));
        }
        foreach (var option in options)
            if (option.Required && mapping[option.Key] is null) errors.Add(new RecipeError(mapping.Where, path, $"the key '{option.Key}' is missing; it has no default."));
        return record;
    }

    private void BindOption(object record, Option option, YamlValue value, string path)
    {
        if (value is YamlScalar scalar && ScalarKinds.Of(scalar) == ScalarKind.Null)
        {
            if (option.Nullable) option.Property.SetValue(record, null);
            else errors.Add(new RecipeError(value.Where, path, $"expected {Expected(option.Type)}, found nothing (null); leave the key out for its default."));
            return;
        }
        var bound = Bind(value, option.Type, path);
        if (bound != Failed) option.Property.SetValue(record, bound);
    }

    private object BindUnion(YamlValue value, Union union, string path)
    {
        var valid = string.Join(", ", union.Names);
        if (value is not YamlMapping mapping) return Wrong(value, path, $"a mapping with the key '{Union.Key}' (one of {valid})");
        if (mapping[Union.Key] is not { } name)
        {
            errors.Add(new RecipeError(mapping.Where, path, $"the key '{Union.Key}' is missing; it is one of {valid}."));
            return Failed;
        }
        if (name is not YamlScalar scalar) return Wrong(name, Join(path, Union.Key), $"one of {valid}");
        var type = union.Cases.FirstOrDefault(c => c.Name == scalar.Text).Type;
        if (type is not null) return BindRecord(mapping, type, path, [Union.Key]);
        errors.Add(new RecipeError(scalar.Where, Join(path, Union.Key), $"'{scalar.Text}' is not known.{Names.Suggest(scalar.Text, union.Names)}"));
        return Failed;
    }

    private object BindList(YamlValue value, Type element, string path)
    {
        if (value is not YamlSequence sequence) return Wrong(value, path, Expected(typeof(IReadOnlyList<>).MakeGenericType(element)));
        var items = sequence.Items.Select((item, i) => Bind(item, element, Join(path, i.ToString()))).ToArray();
        if (items.Contains(Failed)) return Failed;
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (var item in items) list.Add(item);
        return list;
    }

    private object BindNamed(YamlValue value, Type element, string path)
    {
        if (value is not YamlMapping mapping) return Wrong(value, path, $"a mapping from names to {Expected(element).Split(' ', 2)[1]}s");
        var items = mapping.Entries.Select(e => (e.Key, Value: Bind(e.Value, element, Join(path, e.Key)))).ToArray();
        if (items.Any(i => i.Value == Failed)) return Failed;
        var named = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
        foreach (var (key, item) in items) named.Add(key, item);
        return named;
    }

    private object BindScalar(YamlScalar scalar, Type type, string path)
    {
        if (ScalarBinder.TryBind(scalar, type, out var value, out var problem)) return value;
        errors.Add(new RecipeError(scalar.Where, path, problem));
        return Failed;
    }

    private object Wrong(YamlValue value, string path, string expected)
    {
        errors.Add(new RecipeError(value.Where, path, $"expected {expected}, found {value.Description}."));
        return Failed;
    }

    private static string Expected(Type type) =>
        RecordShape.ElementOf(type) is { } element ? $"a list of {Expected(element).Split(' ', 2)[1]}s"
        : RecordShape.IsRecord(type) ? "a mapping of options"
        : ScalarBinder.Expected(type);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
