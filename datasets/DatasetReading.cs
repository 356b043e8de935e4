using OnnxPipeline.Datasets.Artifacts;

namespace OnnxPipeline.Datasets;

/// <summary>What a dataset's reader is given.</summary>
public sealed record DatasetReading
{
    internal DatasetReading(IReadOnlyList<string> files, DataOptions options, ScratchFile scratch, CancellationToken cancellation) =>
        (Files, Options, Scratch, Cancellation) = (files, options, scratch, cancellation);

    /// <summary>The paths of the definition's files, in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The recipe's options; splits and limits are not the reader's part.</summary>
    public DataOptions Options { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>For samples that are too many for memory.</summary>
    internal ScratchFile Scratch { get; }
}
