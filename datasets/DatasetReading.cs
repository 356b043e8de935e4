namespace OnnxPipeline.Datasets;

/// <summary>What reading a dataset starts from.</summary>
/// <param name="Files">The definition's files on this machine, in its order; none for a dataset that has none.</param>
/// <param name="Options">The options of the data.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Cancellation">Ends a long reading.</param>
public sealed record DatasetReading(IReadOnlyList<string> Files, DataOptions Options, ulong Seed, CancellationToken Cancellation);
