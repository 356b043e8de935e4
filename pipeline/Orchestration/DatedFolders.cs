using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Folders whose names begin with the time at which they were made, so that their order is the one in which that happened.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="thing">What each of them is, for example "run".</param>
internal sealed class DatedFolders(string folder, string thing)
{
    /// <summary>What stands for the last one.</summary>
    public const string LatestName = "latest";

    /// <summary>Their names, latest first.</summary>
    public IEnumerable<string> Ids => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)
        : [];

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
