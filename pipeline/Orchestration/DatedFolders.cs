using System.Globalization;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Folders whose names begin with the time at which they were made, so that their order is the one in which that happened.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="thing">What each of them is, for example "run".</param>
/// <param name="file">The file in each that makes it one; who makes that file has the name.</param>
internal sealed class DatedFolders(string folder, string thing, string file)
{
    /// <summary>What stands for the last one.</summary>
    public const string LatestName = "latest";

    /// <summary>Their names, latest first.</summary>
    public IEnumerable<string> Ids => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)
        : [];

    /// <summary>Takes a name that nobody has, for example "20250301-120000-digits", or "20250301-120000-digits-2" for the second of that second.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public string Reserve(DateTimeOffset now, string title)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{title}");
        for (var attempt = 1; ; attempt++)
        {
            var id = attempt == 1 ? stem : $"{stem}-{attempt}";
            if (TryReserve(id)) return id;
        }
    }

    /// <summary>Takes a name, with an empty file; false if another has it.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public bool TryReserve(string id)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, id));
            using var _ = new FileStream(Path.Combine(folder, id, file), FileMode.CreateNew);
            return true;
        }
        catch (IOException exception) when (FileErrors.IsTaken(exception))
        {
            return false;
        }
        catch (Exception exception) when (StoreException.Explain(exception, folder) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The one with this name, or the only one whose name begins so.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    public string Find(string id)
    {
        var matches = Ids.Where(i => i.StartsWith(id, StringComparison.Ordinal)).ToArray();
        return matches.FirstOrDefault(m => m == id) ?? matches switch
        {
            [var only] => only,
            [] => throw new UsageException($"There is no {thing} '{id}'.{Names.Suggest(id, Ids.Take(10))}"),
            _ => throw new UsageException($"'{id}' fits {matches.Length} {thing}s: {string.Join(", ", matches.Take(10))}; give more of the ID."),
        };
    }
}
