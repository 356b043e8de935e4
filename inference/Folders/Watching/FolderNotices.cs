namespace OnnxPipeline.Inference.Folders.Watching;

/// <summary>The system's notices that something in folders has changed, as a wait that ends with one; where the system gives none, it only lasts.</summary>
internal sealed class FolderNotices : IDisposable
{
    private readonly SemaphoreSlim _notice = new(0, 1);
    private readonly List<FileSystemWatcher> _watchers = [];

    public FolderNotices(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
        {
            try
            {
                var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size };
                _watchers.Add(watcher);
                watcher.Created += (_, _) => Notify();
                watcher.Renamed += (_, _) => Notify();
                watcher.Changed += (_, _) => Notify();
                watcher.EnableRaisingEvents = true;
            }
            catch (Exception exception) when (exception is IOException or ArgumentException)
            {
                // Too many watches, or none on this drive: looking now and then remains.
            }
        }
    }

    public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _notice.WaitAsync(longest, cancellation);

    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
    }

    private void Notify()
    {
        try
        {
            if (_notice.CurrentCount == 0) _notice.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another notice came first.
        }
    }
}
