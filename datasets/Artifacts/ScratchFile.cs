using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>A file for what a dataset's reader cannot keep in memory. It is made when it is first asked for, and is gone when disposed.</summary>
/// <param name="folder">Where it lies; made where it is missing.</param>
internal sealed class ScratchFile(string folder) : IDisposable
{
    private SafeFileHandle? _handle;

    /// <summary>For reading and writing at any position, by several threads.</summary>
    public SafeFileHandle Handle
    {
        get
        {
            if (_handle is not null) return _handle;
            Directory.CreateDirectory(folder);
            return _handle = File.OpenHandle(Path.Combine(folder, $".scratch-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
    }

    public void Dispose() => _handle?.Dispose();
}
