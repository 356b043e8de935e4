using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>The jobs below an artifacts folder: "jobs/ID/". IDs begin with the time, so their order is the jobs'.</summary>
internal sealed class JobList(string artifacts)
{
    private readonly string _folder = Path.Combine(artifacts, "jobs");
    private readonly DatedFolders _folders = new(Path.Combine(artifacts, "jobs"), "job", JobFolder.RecordFile);

    /// <summary>Every job whose record reads, latest first.</summary>
    public IEnumerable<(JobFolder Folder, JobRecord Record)> Jobs =>
        _folders.Ids.Select(id => new JobFolder(Path.Combine(_folder, id))).Select(folder => (Folder: folder, Record: folder.TryRecord())).Where(j => j.Record is not null).Select(j => (j.Folder, j.Record!));

    /// <summary>Gives a new job its folder.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public JobFolder Reserve(string title, DateTimeOffset now) => new(Path.Combine(_folder, _folders.Reserve(now, title)));

    /// <summary>The job with this ID, the only one whose ID begins so, or for "latest" the last one.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    public JobFolder Find(string id)
    {
        if (id == DatedFolders.LatestName) return new JobFolder(Path.Combine(_folder, _folders.Ids.FirstOrDefault() ?? throw new UsageException($"There is no job below '{_folder}'.")));
        return new JobFolder(Path.Combine(_folder, _folders.Find(id)));
    }
}
