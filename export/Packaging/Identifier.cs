namespace OnnxPipeline.Export.Packaging;

/// <summary>Names for generated C#.</summary>
internal static class Identifier
{
    /// <summary>fashion-mnist → FashionMnist; whatever cannot stand in an identifier ends a word, and what begins with no letter gets one.</summary>
    public static string Of(string text)
    {
        var words = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Concat(words.Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        return name.Length == 0 || !char.IsAsciiLetter(name[0]) ? $"N{name}" : name;
    }

    /// <summary>As <see cref="Of"/>, with a number where the name is taken already.</summary>
    public static string Unique(string text, ISet<string> taken)
    {
        var stem = Of(text);
        var name = stem;
        for (var n = 2; !taken.Add(name); n++) name = $"{stem}{n}";
        return name;
    }
}
