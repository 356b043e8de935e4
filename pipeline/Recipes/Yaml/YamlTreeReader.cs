using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OnnxPipeline.Pipeline.Recipes.Yaml;

/// <summary>
/// Reads one YAML document into a tree with positions. What a recipe has no use for, and an attacker has, is refused:
/// anchors and aliases (exponential documents), tags (typed construction), several documents, deep nesting, huge files.
/// </summary>
internal sealed class YamlTreeReader
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 32;

    private readonly string _source;
    private readonly Func<Mark, string> _where;
    private readonly Parser _events;
    private readonly List<RecipeError> _errors;

    private YamlTreeReader(string source, string text, Func<Mark, string> where, List<RecipeError> errors)
    {
        _source = source;
        _where = where;
        _errors = errors;
        _events = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads a file, its path relative to a folder. Duplicate keys go to <paramref name="errors"/>; the first of them counts.</summary>
    /// <exception cref="RecipeException">It is no YAML, or uses what recipes may not.</exception>
    public static YamlValue ReadFile(string path, string folder, List<RecipeError> errors)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        var length = file.Length;
        if (length > MaxBytes) throw new RecipeException(path, $"a recipe has at most {MaxBytes} bytes, this file has {length}.");
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file.FullName)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException exception)
        {
            throw new RecipeException(path, $"expected text in UTF-8, found the byte 0x{exception.BytesUnknown![0]:x2} at offset {exception.Index}: this is a binary file or has another encoding.");
        }
        return ReadText(path, text, errors);
    }

    /// <summary>Reads a text that stands for a file.</summary>
    /// <exception cref="RecipeException">It is no YAML, or uses what recipes may not.</exception>
    public static YamlValue ReadText(string source, string text, List<RecipeError> errors) => Read(source, text, mark => $"{source}:{mark.Line}:{mark.Column}", errors);

    /// <summary>Reads a value from the command line; every position in it is <paramref name="source"/>.</summary>
    /// <exception cref="RecipeException">It is no YAML, or uses what recipes may not.</exception>
    public static YamlValue ReadValue(string source, string text, List<RecipeError> errors) => Read(source, text, _ => source, errors);

    private static YamlValue Read(string source, string text, Func<Mark, string> where, List<RecipeError> errors)
    {
        var control = text.AsSpan().IndexOfAnyInRange('\0', '\b');
        if (control >= 0) throw new RecipeException(source, $"expected text, found the control character U+{(int)text[control]:X4}: this is a binary file.");
        try
        {
            return new YamlTreeReader(source, text, where, errors).ReadDocument();
        }
        catch (YamlException exception)
        {
            throw new RecipeException(where(exception.Start), $"this is not well-formed YAML: {exception.Message}{(text.Contains('\t') ? " Indentation must be spaces; the text has tabs." : "")}");
        }
    }

    private YamlValue ReadDocument()
    {
        Next();
        Next();
        if (_events.Current is not DocumentStart) throw new RecipeException(_source, "the document is empty; a recipe needs at least 'name' and 'model'.");
        Next();
        var root = ReadNode(1);
        Next();
        if (Next() && _events.Current is DocumentStart second)
            throw new RecipeException(_where(second.Start), "a second document begins here; a recipe is one document. Put it into a file of its own.");
        return root;
    }

    private YamlValue ReadNode(int depth)
    {
        var current = _events.Current!;
        var where = _where(current.Start);
        if (depth > MaxDepth) throw new RecipeException(where, $"nesting is deeper than {MaxDepth} levels.");
        if (current is AnchorAlias alias) throw new RecipeException(where, $"the alias '*{alias.Value}' is not allowed in a recipe; write the value out.");
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored) throw new RecipeException(where, $"the anchor '&{anchored.Anchor}' is not allowed in a recipe; write the value out where it is needed.");
        if (current is NodeEvent { Tag.IsEmpty: false } tagged) throw new RecipeException(where, $"the tag '{tagged.Tag}' is not allowed in a recipe; remove it.");
        return current switch
        {
            Scalar scalar => new YamlScalar(where, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(where, depth),
            MappingStart => ReadMapping(where, depth),
            _ => throw new RecipeException(where, $"found {current} where a value was expected."),
        };
    }

    private YamlSequence ReadSequence(string where, int depth)
    {
        var items = new List<YamlValue>();
        while (Next() && _events.Current is not SequenceEnd) items.Add(ReadNode(depth + 1));
        return new YamlSequence(where, items);
    }

    private YamlMapping ReadMapping(string where, int depth)
    {
        var entries = new Dictionary<string, YamlEntry>();
        while (Next() && _events.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar { Text: var name }) _errors.Add(new RecipeError(key.Where, "", $"a key must be a name, found {key.Description}."));
            else if (!entries.TryAdd(name, new YamlEntry(name, key.Where, value)))
                _errors.Add(new RecipeError(key.Where, "", $"the key '{name}' was given before, at {entries[name].Where}; remove one of them."));
        }
        return new YamlMapping(where, [.. entries.Values]);
    }

    /// <summary>The next event. Some malformed texts make YamlDotNet's scanner trip over itself instead of saying that they are.</summary>
    private bool Next()
    {
        try
        {
            return _events.MoveNext();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new RecipeException(_where(_events.Current?.End ?? Mark.Empty), $"this is not well-formed YAML after here: {exception.Message}");
        }
    }
}
