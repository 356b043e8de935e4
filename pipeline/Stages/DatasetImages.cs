using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Reads a dataset as one of images.</summary>
internal static class DatasetImages
{
    /// <summary>The one feature of an image dataset: uint8 [channels, height, width].</summary>
    /// <exception cref="DatasetFormatException">The dataset has other features.</exception>
    public static DataTensor Of(DatasetSplit split) => split.Features is [{ Kind: DataKind.UInt8, ItemShape.Count: 3 } image]
        ? image
        : throw new DatasetFormatException($"The {split.Name} part has the features {string.Join(", ", split.Features.Select(f => $"{f.Name} {f.Kind}[{string.Join(",", f.ItemShape)}]"))}; expected one, of uint8 images [channels, height, width].");

    public static ReadOnlySpan<long> LabelsOf(DatasetSplit split) => MemoryMarshal.Cast<byte, long>(split.Label.Items(0, split.Count));
}
