using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Tensors as rows, along their first axis: to join those of several requests and to split what the model gave.</summary>
internal static class RowTensors
{
    public static long Count(OrtValue value) => value.GetTensorTypeAndShape().Shape[0];

    /// <summary>Rows of several tensors, taken as if these were one after the other; they agree in type and all other axes.</summary>
    /// <param name="values">At least one tensor.</param>
    /// <param name="first">The first row to take.</param>
    /// <param name="count">How many rows to take.</param>
    /// <returns>A new tensor, the caller's.</returns>
    public static OrtValue Take(IReadOnlyList<OrtValue> values, long first, long count)
    {
        var info = values[0].GetTensorTypeAndShape();
        long[] shape = [count, .. info.Shape[1..]];
        var text = info.ElementDataType == TensorElementType.String;
        var taken = text ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape) : OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, info.ElementDataType, shape);
        var target = text ? default : taken.GetTensorMutableRawData();
        long at = 0;
        foreach (var value in values)
        {
            if (at == count) break;
            var rows = Count(value);
            var skipped = Math.Min(first, rows);
            var copied = Math.Min(rows - skipped, count - at);
            if (copied > 0)
            {
                if (text) CopyTexts(value, skipped, taken, at, copied);
                else CopyBytes(value.GetTensorMutableRawData(), skipped, rows, target, at, copied);
            }
            first -= skipped;
            at += copied;
        }
        return taken;
    }

    private static void CopyBytes(Span<byte> source, long first, long rows, Span<byte> target, long at, long count)
    {
        var width = (int)(source.Length / rows);
        source.Slice((int)first * width, (int)count * width).CopyTo(target[((int)at * width)..]);
    }

    private static void CopyTexts(OrtValue source, long first, OrtValue target, long at, long count)
    {
        var info = source.GetTensorTypeAndShape();
        var width = info.ElementCount / info.Shape[0];
        for (long i = 0; i < count * width; i++)
        {
            var text = source.GetStringElementAsSpan((int)(first * width + i));
            if (!text.IsEmpty) target.StringTensorSetElementAt(text, (int)(at * width + i));
        }
    }
}
