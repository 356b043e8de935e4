using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>A file mapped read-only. The mapping lives until this and every lease on it are disposed.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _pointer;
    private bool _disposed;

    /// <param name="path">The file.</param>
    /// <param name="length">Its length; no operating system maps 0 bytes, so then nothing is mapped.</param>
    public MappedFile(string path, long length)
    {
        if (length == 0) return;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        _pointer += _view.PointerOffset;
    }

    /// <summary>The first byte; null for an empty file.</summary>
    /// <exception cref="ObjectDisposedException">The dataset was closed.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Dataset));
            return _pointer;
        }
    }

    /// <summary>Keeps the mapping until the lease is disposed, even when the dataset is closed before.</summary>
    public IDisposable? Lease() => _view is null ? null : new ViewLease(_view.SafeMemoryMappedViewHandle);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }

    private sealed class ViewLease : IDisposable
    {
        private readonly SafeMemoryMappedViewHandle _handle;

        public ViewLease(SafeMemoryMappedViewHandle handle)
        {
            byte* pointer = null;
            handle.AcquirePointer(ref pointer);
            _handle = handle;
        }

        public void Dispose() => _handle.ReleasePointer();
    }
}
