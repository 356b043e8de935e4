using OnnxPipeline.Inference.Folders.Inputs;

namespace OnnxPipeline.Inference.Folders;

/// <summary>
/// Where the images of a run are. All of it is read lazily and in one fixed order: what is held is one folder's names a level, or a
/// zip's directory. Relative paths start from the current folder, wherever they are written.
/// </summary>
public sealed record FolderInputs
{
    /// <summary>
    /// Image files; folders, whose images are taken with all below them; archives (.zip, .tar, .tar.gz, .tgz), whose images are read
    /// where they are; patterns such as "photos/**/*.png"; "-" for a list of paths on the standard input. With
    /// <see cref="PathColumn"/>, tables of paths instead.
    /// </summary>
    public IEnumerable<string> Paths { get; init; } = [];

    /// <summary>Files that hold a path a line: of an image, a folder or an archive. They come after <see cref="Paths"/>.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>The heading of the column that holds paths; null where <see cref="Paths"/> are no tables. Tables are CSV or TSV, plain or gzipped, "-" for the standard input.</summary>
    public string? PathColumn { get; init; }

    /// <summary>Headings of a table's other columns that go with each image.</summary>
    public IReadOnlyList<string> Carried { get; init; } = [];

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> StandardInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Null, or why archives are not read.</summary>
    internal string? ArchivesRefused { get; init; }

    /// <summary>The images, one by one; what leads to none is one with an error.</summary>
    public IEnumerable<InputImage> Enumerate() => new InputReader(this).Read();

    /// <summary>The files that the images are in, one by one, each once for all its images: a list of them stands for these inputs as they are now. What leads to none comes as it was given.</summary>
    public IEnumerable<string> Files() => new InputReader(this) { ArchivesWhole = true }.Read().Select(image => image.Path);

    /// <summary>How many images there are; null where only reading it all would tell: the standard input, a tar.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public long? Count(CancellationToken cancellation = default)
    {
        long count = 0;
        foreach (var image in new InputReader(this) { CountsOnly = true }.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReferenceEquals(image, InputReader.Uncountable)) return null;
            count++;
        }
        return count;
    }
}
