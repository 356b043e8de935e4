using System.Numerics.Tensors;
using OnnxPipeline.Datasets;
using System.Runtime.InteropServices;

namespace OnnxPipeline.Training.Engines;

/// <summary>What logits say of their labels.</summary>
internal static class LogitsScore
{
    /// <summary>Rows of <paramref name="logits"/>, [count, classes], whose largest value is at the label.</summary>
    public static int Correct(ReadOnlySpan<float> logits, Batch batch)
    {
        var labels = MemoryMarshal.Cast<byte, long>(batch.Labels.Bytes);
        var classes = logits.Length / batch.Count;
        var correct = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            if (TensorPrimitives.IndexOfMax(logits.Slice(i * classes, classes)) == labels[i]) correct++;
        }
        return correct;
    }
}
