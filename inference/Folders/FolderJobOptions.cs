using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Folders;

/// <summary>What a run over folders takes, how it works and what it writes.</summary>
public sealed record FolderJobOptions
{
    public FolderInputs Inputs { get; init; } = new();

    public FolderOptions Folder { get; init; } = new();

    public RowFormat Format { get; init; } = RowFormat.Csv;

    /// <summary>Columns of CSV and JSON Lines, by name (see <see cref="ResultColumns"/>); null for path, the best classes and the error.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Classes a row, best first, where <see cref="Columns"/> says nothing else.</summary>
    public int Top { get; init; } = 3;

    /// <summary>The file to write rows to, batch by batch: a kill leaves whole rows and at most one torn last one. An existing one is replaced, but with <see cref="Resume"/>. Null for <see cref="Output"/>.</summary>
    public string? OutputPath { get; init; }

    /// <summary>Takes the rows where there is no <see cref="OutputPath"/>; not closed.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;

    /// <summary>
    /// Goes on behind the rows that <see cref="OutputPath"/> holds, after checking that they are of the same inputs, columns and model:
    /// the file ends as that of a run that was never interrupted. Where there is no file yet, one is begun.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Keeps taking what arrives in the folders until it is cancelled, which is its normal end. A file is taken when it has not
    /// changed for <see cref="Settling"/> and opens, and again when it was written anew.
    /// </summary>
    public bool Watch { get; init; }

    /// <summary>How long a file in a watched folder must not have changed.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Moves every classified file to this folder, "{label}" in it replaced by the class, made safe as a folder's name: "sorted/{label}". A
    /// name that is taken gets a number; a file that cannot be moved is a row with an error. Files in archives stay: theirs are errors.
    /// </summary>
    public string? MoveTo { get; init; }

    /// <summary>How many of the least certain rows the summary lists.</summary>
    public int LowConfidence { get; init; }

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Top, 1, nameof(Top));
        ArgumentOutOfRangeException.ThrowIfNegative(LowConfidence, nameof(LowConfidence));
        ArgumentOutOfRangeException.ThrowIfLessThan(Settling, TimeSpan.Zero, nameof(Settling));
        if (Format == RowFormat.Text && Columns is not null) throw new ArgumentException("Columns are chosen for CSV and JSON Lines; text has its own. Choose one of those formats.");
        if (Resume)
        {
            if (OutputPath is null) throw new ArgumentException("Only a run that writes to a file can be resumed; name the file.");
            if (Format == RowFormat.Text) throw new ArgumentException("Only CSV and JSON Lines can be resumed, text cannot be read back; choose one of those formats.");
            if (Columns is not null && !Columns.Contains(ResultShape.Path)) throw new ArgumentException($"Only rows with the column '{ResultShape.Path}' can be resumed: without it nothing tells what they are of. Add it.");
            if (MoveTo is not null) throw new ArgumentException("A run that moves files cannot be resumed, since those that were moved are no longer found. Run it again into another file: it takes what is left.");
            if (Watch) throw new ArgumentException("A watch begins anew with what is in the folders and cannot be resumed; write to another file.");
        }
        if (!Watch) return;
        if (Folder.Shard != Shard.Whole) throw new ArgumentException("What arrives in a watched folder has no fixed order, so that it cannot be shared out to shards.");
        if (Inputs.PathColumn is not null || Inputs.Lists.Count > 0 || Inputs.Paths.FirstOrDefault(path => !Directory.Exists(path)) is not null) throw new ArgumentException("Only folders that exist can be watched; name folders and nothing else.");
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Rows that are written.</param>
/// <param name="Total">How many there will be; null while, or where, that is not known.</param>
public readonly record struct FolderProgress(long Done, long? Total);
