using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Samples of the training part, spread evenly over it: a dataset may lie there class by class.</summary>
internal static class CalibrationSamples
{
    public static HeldOutSamples Of(Dataset dataset, int count)
    {
        var split = dataset.Train;
        count = Math.Min(count, split.Count);
        // Rows of a table are read from the start: their features lie in several tensors.
        if (dataset.Columns.Count > 0 || split.Features is not [{ Kind: DataKind.UInt8 } images]) return HeldOutSamples.Of(dataset, split, count);
        var (pixels, labels) = (new byte[count * images.ItemBytes], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var index = (int)((long)i * split.Count / count);
            images.Item(index).CopyTo(pixels.AsSpan(i * images.ItemBytes));
            labels[i] = checked((int)MemoryMarshal.Read<long>(split.Label.Item(index)));
        }
        return HeldOutSamples.Of(pixels, labels);
    }
}
