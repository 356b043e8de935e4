namespace OnnxPipeline.Pipeline.Recipes.Yaml;

/// <summary>A node of a YAML document that knows where it stands ("file:line:column", or the option it was given by).</summary>
internal abstract record YamlValue(string Where)
{
    /// <summary>What an error message calls it.</summary>
    public abstract string Description { get; }
}

/// <summary>A mapping, in document order; keys are unique.</summary>
internal sealed record YamlMapping(string Where, IReadOnlyList<YamlEntry> Entries) : YamlValue(Where)
{
    public override string Description => "a mapping";

    public YamlValue? this[string key] => Entries.FirstOrDefault(e => e.Key == key)?.Value;

    /// <summary>The same mapping with one entry replaced, or added at the end.</summary>
    public YamlMapping With(YamlEntry entry) => this with
    {
        Entries = this[entry.Key] is null ? [.. Entries, entry] : [.. Entries.Select(e => e.Key == entry.Key ? entry : e)],
    };
}

internal sealed record YamlEntry(string Key, string Where, YamlValue Value);

internal sealed record YamlSequence(string Where, IReadOnlyList<YamlValue> Items) : YamlValue(Where)
{
    public override string Description => "a list";
}

/// <summary>A scalar. Only a plain one, without quotes, may be anything other than a string.</summary>
internal sealed record YamlScalar(string Where, string Text, bool Plain) : YamlValue(Where)
{
    public override string Description => ScalarKinds.Of(this) switch
    {
        ScalarKind.Null => "nothing (null)",
        ScalarKind.Boolean => $"the boolean {Text}",
        ScalarKind.Integer => $"the integer {Text}",
        ScalarKind.Number => $"the number {Text}",
        _ => $"the string '{(Text.Length <= 60 ? Text : Text[..57] + "...")}'",
    };
}
