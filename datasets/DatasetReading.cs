using OnnxPipeline.Datasets.Artifacts;

namespace OnnxPipeline.Datasets;

/// <summary>What a dataset's reader is given.</summary>
public sealed record DatasetReading
{
    internal DatasetReading(IReadOnlyList<string> files, DataOptions options, ulong seed, ScratchFile scratch, CancellationToken cancellation) =>
        (Files, Options, Seed, Scratch, Cancellation) = (files, options, seed, scratch, cancellation);

    /// <summary>The paths of the definition's files, in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The recipe's options; splits and limits are not the part of a reader that gives the data whole.</summary>
    public DataOptions Options { get; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>For samples that are too many for memory.</summary>
    internal ScratchFile Scratch { get; }
}
