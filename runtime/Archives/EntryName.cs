namespace OnnxPipeline.Runtime.Archives;

/// <summary>The names that archives give their entries, which need not be honest.</summary>
public static class EntryName
{
    /// <summary>What is wrong with a name: it leads outside, or has control characters. Null for nothing.</summary>
    public static string? Fault(string entry)
    {
        var shown = string.Concat(entry.Select(c => char.IsControl(c) ? '?' : c));
        if (entry.StartsWith('/') || entry.Contains('\\') || entry.Split('/').Contains("..") || (entry.Length > 1 && entry[1] == ':'))
            return $"the name '{shown}' points outside; expected names like class/image.png. Do not trust this file.";
        return shown == entry ? null : $"the name '{shown}' has control characters; rename it.";
    }

    /// <summary>The name with single '/' between its parts; null for what is passed over: the root itself, hidden files and macOS's side files.</summary>
    public static string? Clean(string entry)
    {
        var kept = entry.Split('/').Where(p => p is not ("" or ".")).ToArray();
        return kept.Length == 0 || kept.Any(p => p.StartsWith('.') || p == "__MACOSX") ? null : string.Join('/', kept);
    }
}
