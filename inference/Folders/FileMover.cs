using System.Text;

namespace OnnxPipeline.Inference.Folders;

/// <summary>Moves classified files into folders by their label. No file is ever overwritten: one whose name is taken gets a number.</summary>
internal sealed class FileMover
{
    /// <summary>What a template has in the place of the label.</summary>
    public const string Label = "{label}";

    /// <summary>Bytes of a folder's name that come from the label, well below the 255 that file systems take.</summary>
    private const int MaxNameLength = 100;

    /// <summary>Names that Windows keeps for devices.</summary>
    private static readonly string[] Reserved = ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })];

    private readonly string _template;

    /// <param name="template">A folder with "{label}" in its path.</param>
    /// <param name="inputs">The paths that are gone through, none of which may hold the template's folder: its files would come again.</param>
    /// <exception cref="ArgumentException">The template has no "{label}", or another placeholder, or lies in an input folder.</exception>
    public FileMover(string template, IEnumerable<string> inputs)
    {
        if (!template.Contains(Label, StringComparison.Ordinal) || template.Replace(Label, "", StringComparison.Ordinal).AsSpan().ContainsAny('{', '}'))
            throw new ArgumentException($"'{template}' is no folder to sort files into; expected a path with {Label} and no other braces, for example sorted/{Label}.");
        _template = template;
        var root = Path.GetFullPath(template[..template.IndexOf(Label, StringComparison.Ordinal)] + "_");
        foreach (var folder in inputs.Select(FolderOf).OfType<string>())
        {
            var full = Path.GetFullPath(folder);
            if (root.StartsWith(Path.EndsInDirectorySeparator(full) ? full : full + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ArgumentException($"'{template}' lies in '{folder}', whose files are moved there: they would be found again. Choose a folder outside of it.");
        }
    }

    /// <summary>Moves a file, also to another file system.</summary>
    /// <returns>Its new path, or why it is still where it was.</returns>
    public (string? Target, string? Error) Move(string path, string label)
    {
        try
        {
            var folder = _template.Replace(Label, SafeName(label), StringComparison.Ordinal);
            Directory.CreateDirectory(folder);
            var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
            for (var number = 1; ; number++)
            {
                var target = Path.Combine(folder, number == 1 ? name + extension : $"{name} ({number}){extension}");
                if (!Path.Exists(target) && TryMove(path, target)) return (target, null);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"could not be moved: {exception.Message}");
        }
    }

    /// <summary>A label as the name of one folder on any file system: what cannot stand there is '_', and it never leads elsewhere.</summary>
    internal static string SafeName(string label)
    {
        var name = new StringBuilder(string.Concat(label.Select(c => char.IsControl(c) || char.IsSurrogate(c) || "/\\:*?\"<>|".Contains(c) ? '_' : c)));
        while (Encoding.UTF8.GetByteCount(name.ToString()) > MaxNameLength) name.Length--;
        var text = name.ToString().TrimEnd(' ', '.').TrimStart(' ');
        if (text.Length == 0) return "_";
        if (text[0] == '.') text = "_" + text[1..];
        return Reserved.Contains(text.Split('.')[0], StringComparer.OrdinalIgnoreCase) ? "_" + text : text;
    }

    /// <summary>False where another took the name since it was looked for.</summary>
    private static bool TryMove(string path, string target)
    {
        try
        {
            File.Move(path, target, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(target) && File.Exists(path))
        {
            return false;
        }
    }

    private static string? FolderOf(string path) =>
        Directory.Exists(path) ? path
        : Inputs.GlobPattern.IsOne(path) && path.Contains("**", StringComparison.Ordinal) ? Path.Combine(".", new Inputs.GlobPattern(path).Root)
        : null;
}
