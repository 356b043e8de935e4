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
        long at = 0;
        foreach (var value in values)
        {
            var rows = Count(value);
            var skipped = Math.Min(first, rows);
            var copied = Math.Min(rows - skipped, count - at);
            if (copied > 0)
            {
                if (text) CopyTexts(value, skipped, taken, at, copied);
                else CopyBytes(value, skipped, rows, taken, at, copied);
            }
            first -= skipped;
            at += copied;
        }
        return taken;
    }

    private static void CopyBytes(OrtValue source, long first, long rows, OrtValue target, long at, long count)
    {
        var bytes = source.GetTensorMutableRawData();
        if (bytes.IsEmpty) return;
        var width = (int)(bytes.Length / rows);
        bytes.Slice((int)first * width, (int)count * width).CopyTo(target.GetTensorMutableRawData()[((int)at * width)..]);
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
