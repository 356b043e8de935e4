using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Reads a dataset as one of images.</summary>
internal static class DatasetImages
{
    /// <summary>The one feature of an image dataset: uint8 [channels, height, width].</summary>
    /// <exception cref="DatasetFormatException">The dataset has other features.</exception>
    public static DataTensor Of(DatasetSplit split) => split.Features is [{ Kind: DataKind.UInt8, ItemShape.Count: 3 } image]
        ? image
        : throw new DatasetFormatException($"The {split.Name} part has the features {string.Join(", ", split.Features.Select(f => $"{f.Name} {f.Kind}[{string.Join(",", f.ItemShape)}]"))}; expected one, of uint8 images [channels, height, width].");

    /// <summary>What a model is built for: the images' size, their mean and deviation for normalisation, and up to <paramref name="samples"/> of them.</summary>
    public static ImageModelInput InputOf(Dataset dataset, int samples = 0)
    {
        var images = Of(dataset.Train);
        var shape = images.ItemShape;
        return new ImageModelInput((int)shape[0], (int)shape[1], (int)shape[2])
        {
            Mean = dataset.Mean,
            // A channel of one value has nothing to scale.
            Std = [.. dataset.Std.Select(s => s > 0 ? s : 1)],
            Samples = images.Items(0, Math.Min(samples, images.Count)).ToArray(),
        };
    }

    public static ReadOnlySpan<long> LabelsOf(DatasetSplit split) => MemoryMarshal.Cast<byte, long>(split.Label.Items(0, split.Count));
}
