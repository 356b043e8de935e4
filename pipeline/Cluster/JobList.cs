using System.Globalization;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>The jobs below an artifacts folder: "jobs/ID/". IDs begin with the time, so their order is the jobs'.</summary>
internal sealed class JobList(string artifacts)
{
    private readonly string _folder = Path.Combine(artifacts, "jobs");

    /// <summary>Every job whose record reads, latest first.</summary>
    public IEnumerable<(JobFolder Folder, JobRecord Record)> Jobs =>
        Ids.Select(id => new JobFolder(Path.Combine(_folder, id))).Select(folder => (Folder: folder, Record: folder.TryRecord())).Where(j => j.Record is not null).Select(j => (j.Folder, j.Record!));

    private IEnumerable<string> Ids => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder).Select(f => Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)
        : [];

    /// <summary>Gives a new job its folder.</summary>
    public JobFolder Reserve(string title, DateTimeOffset now)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{title}");
        Directory.CreateDirectory(_folder);
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(_folder, attempt == 1 ? stem : $"{stem}-{attempt}");
            Directory.CreateDirectory(path);
            if (JobFolder.TryReserve(path)) return new JobFolder(path);
        }
    }

    /// <summary>The job with this ID, the only one whose ID begins so, or for "latest" the last one.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    public JobFolder Find(string id)
    {
        var ids = Ids.ToArray();
        if (id == "latest") return ids.Length > 0 ? new JobFolder(Path.Combine(_folder, ids[0])) : throw new UsageException($"There is no job below '{_folder}'.");
        var matches = ids.Where(i => i.StartsWith(id, StringComparison.Ordinal)).ToArray();
        if ((matches.FirstOrDefault(m => m == id) ?? (matches.Length == 1 ? matches[0] : null)) is { } found) return new JobFolder(Path.Combine(_folder, found));
        throw new UsageException(matches.Length > 1
            ? $"'{id}' fits {matches.Length} jobs: {string.Join(", ", matches.Take(10))}; give more of the ID."
            : $"There is no job '{id}'.{Names.Suggest(id, ids.Take(10))}");
    }
}
