using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Inference.Folders;

/// <summary>One image to classify, or what stands where one was looked for, and why there is none.</summary>
/// <param name="Path">Its file; of one in an archive, the archive's path, '/' and the name in it.</param>
/// <param name="Error">Why there is no image; null where there is one.</param>
public sealed record InputImage(string Path, string? Error = null)
{
    /// <summary>Cells of the table's row that named it, by heading: those that are carried along. Null where no table did.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>Where its bytes are, until the next image is asked for; null for a file.</summary>
    internal ArchiveEntry? Entry { get; init; }
}
