using System.Text.Json;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>How C# names are written in a recipe, and which valid name a wrong one was probably meant to be.</summary>
internal static class Names
{
    /// <summary>Proper names that the rule would take apart.</summary>
    private static readonly Dictionary<string, string> Spelled = new() { ["PyTorch"] = "pytorch" };

    /// <summary>LearningRate → learningRate</summary>
    public static string Key(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>LeakyRelu → leaky-relu</summary>
    public static string Enum(object value) => Kebab(value.ToString()!);

    public static IReadOnlyList<string> EnumValues(Type type) => [.. System.Enum.GetNames(type).Select(Kebab)];

    private static string Kebab(string name) => Spelled.GetValueOrDefault(name) ?? JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>" Did you mean 'x'? Valid: a, b, x." with the question left out when nothing valid is near.</summary>
    public static string Suggest(string found, IEnumerable<string> valid)
    {
        var all = valid.ToArray();
        var list = all.Length == 0 ? "" : $" Valid: {string.Join(", ", all)}.";
        return Nearest(found, all) is { } near ? $" Did you mean '{near}'?{list}" : list;
    }

    /// <summary>The valid name with the fewest edits from <paramref name="found"/>, if they are at most a third of its length (and at least 2).</summary>
    public static string? Nearest(string found, IEnumerable<string> valid)
    {
        if (found.Length > 100) return null;
        var limit = Math.Max(2, found.Length / 3);
        return valid
            .Select(name => (Name: name, Edits: EditDistance(found.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(c => c.Edits <= limit && c.Edits < c.Name.Length)
            .OrderBy(c => c.Edits)
            .Select(c => c.Name)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string alignment).</summary>
    internal static int EditDistance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
