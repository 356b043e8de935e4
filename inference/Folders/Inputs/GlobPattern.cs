namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>
/// A pattern of paths as shells have them: '*' and '?' within a name, "[a-z]" and "[!a-z]", and "**" for any folders, none included.
/// It matches files, never folders, once each and in ordinal order of their paths. Hidden entries and links to folders are passed over.
/// </summary>
internal sealed class GlobPattern
{
    private const string AnyFolders = "**";
    private static readonly char[] Wild = ['*', '?', '['];

    private readonly string _root;
    private readonly string[] _parts;

    public GlobPattern(string pattern)
    {
        var parts = pattern.Replace(Path.DirectorySeparatorChar, '/').Split('/');
        var plain = parts.TakeWhile(part => part.IndexOfAny(Wild) < 0).Count();
        _root = string.Concat(parts.Take(plain).Select(part => part + '/'));
        _parts = [.. parts.Skip(plain).Where(part => part.Length > 0)];
    }

    /// <summary>The folder that it looks in first; empty for the current one.</summary>
    public string Root => _root;

    public static bool IsOne(string path) => path.IndexOfAny(Wild) >= 0;

    /// <summary>Every file that matches, and folders that cannot be read, with the reason.</summary>
    public IEnumerable<(string Path, string? Error)> Files() => Files(_root, Reached([0]));

    private IEnumerable<(string Path, string? Error)> Files(string folder, int[] places)
    {
        if (folder.Length > 0 && !Directory.Exists(folder)) yield break;
        var (entries, error) = FolderEntries.List(folder, _ => true);
        if (error is not null) yield return (folder, error);
        foreach (var entry in entries)
        {
            var path = folder + entry.Key;
            if (!entry.IsFolder)
            {
                if (places.Any(place => place == _parts.Length - 1 && Matches(_parts[place], entry.Name))) yield return (path, null);
                continue;
            }
            var below = Reached(places.Where(place => place < _parts.Length && Matches(_parts[place], entry.Name)).Select(place => _parts[place] == AnyFolders ? place : place + 1));
            if (below.Any(place => place < _parts.Length)) foreach (var file in Files(path, below)) yield return file;
        }
    }

    /// <summary>The parts that a name may be matched with next: "**" may stand for no folder.</summary>
    private int[] Reached(IEnumerable<int> places)
    {
        var reached = new SortedSet<int>();
        foreach (var start in places)
        {
            for (var place = start; reached.Add(place) && place < _parts.Length - 1 && _parts[place] == AnyFolders;) place++;
        }
        return [.. reached];
    }

    /// <summary>Whether a name fits one part. A star is tried at every length, the last one first to be stretched, which is enough.</summary>
    internal static bool Matches(string part, string name)
    {
        var (p, n, star, from) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < part.Length && part[p] == '*') (star, from) = (p++, n);
            else if (p < part.Length && One(part, p, name[n]) is > 0 and var length) (p, n) = (p + length, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++from);
            else return false;
        }
        return part.AsSpan(p).TrimStart('*').IsEmpty;
    }

    /// <summary>How many characters of the part take this one of the name; 0 where it does not fit.</summary>
    private static int One(string part, int at, char c)
    {
        if (part[at] == '?') return 1;
        var end = part[at] == '[' && at + 2 < part.Length ? part.IndexOf(']', at + 2) : -1;
        if (end < 0) return part[at] == c ? 1 : 0;
        var set = part.AsSpan(at + 1, end - at - 1);
        var negated = set.Length > 1 && set[0] is '!' or '^';
        if (negated) set = set[1..];
        var inside = false;
        for (var i = 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            inside |= isRange ? c >= set[i] && c <= set[i + 2] : c == set[i];
            if (isRange) i += 2;
        }
        return inside != negated ? end - at + 1 : 0;
    }
}
