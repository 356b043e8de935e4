namespace OnnxPipeline.Datasets;

/// <summary>A float tensor that batches carry beside the dataset's own, such as what another model says of the samples.</summary>
/// <param name="Name">The name that graphs know it by.</param>
/// <param name="ItemShape">Shape of one sample's item, without the batch axis.</param>
public sealed record ExtraTensor(string Name, IReadOnlyList<long> ItemShape);
