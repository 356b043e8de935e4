using System.Globalization;
using OnnxPipeline.Models.Adapters;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>Where a version's adapters are: files by their names, or whatever a folder holds.</summary>
/// <param name="Files">By name; empty where there is a folder.</param>
/// <param name="Folder">Null for none; it need not be there.</param>
internal sealed record AdapterSource(IReadOnlyDictionary<string, string> Files, string? Folder = null)
{
    public static readonly AdapterSource None = new(new Dictionary<string, string>());

    private IEnumerable<string> Paths => Folder is null ? Files.Values : Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*" + AdapterFile.Extension) : [];

    /// <summary>The files that there are now, by name.</summary>
    /// <exception cref="ModelException">A file's name cannot be an adapter's.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyDictionary<string, string> Find()
    {
        if (Folder is null) return Files;
        var found = Paths.ToDictionary(path => Path.GetFileNameWithoutExtension(path));
        return found.FirstOrDefault(file => !ModelName.IsValid(file.Key)) is { Value: { } path } ? throw new ModelException($"{path}: cannot be an adapter's name; use {ModelName.Rule}.") : found;
    }

    /// <summary>Names, lengths and times of the files, which change when one of them does.</summary>
    public string Stamp()
    {
        try
        {
            return string.Join('\n', Paths.Order(StringComparer.Ordinal).Select(path => FileStamp.Of(path) is { } stamp ? string.Create(CultureInfo.InvariantCulture, $"{path} {stamp.Length} {stamp.Written.Ticks}") : path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // To load the version says what is wrong with its folder.
            return exception.Message;
        }
    }
}
