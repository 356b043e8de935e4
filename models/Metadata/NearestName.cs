namespace OnnxPipeline.Models.Metadata;

/// <summary>Which valid name a wrong one was probably meant to be.</summary>
public static class NearestName
{
    /// <summary>Nobody types longer names by mistake, and the search takes time with the square of the length.</summary>
    private const int MaxLength = 100;

    /// <summary>The valid name with the fewest edits from <paramref name="found"/>, case aside, if they are at most a third of its length (and at least 2); null for none.</summary>
    public static string? Of(string found, IEnumerable<string> valid)
    {
        if (found.Length > MaxLength) return null;
        var limit = Math.Max(2, found.Length / 3);
        return valid
            .Where(name => name.Length <= MaxLength)
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
