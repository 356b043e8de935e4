using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Samples;

/// <summary>Some samples as one input of a model.</summary>
/// <param name="Name">The input's name; null for a model's only one, whose shape the values are then given.</param>
/// <param name="ItemShape">Shape of one sample.</param>
/// <param name="Values">byte[], float[], long[] or string[], sample after sample; of a model from elsewhere also double[], int[] or bool[].</param>
internal sealed record SampleInput(string? Name, IReadOnlyList<long> ItemShape, Array Values)
{
    /// <summary>Where the values are an image's, how they lie: by channels, or by rows of pixels.</summary>
    public ImageLayout Layout { get; init; } = ImageLayout.Chw;

    public int ItemLength => checked((int)ItemShape.Aggregate(1L, (product, size) => checked(product * size)));

    /// <summary><paramref name="count"/> samples from <paramref name="start"/>, filled up to <paramref name="total"/> with blank ones.</summary>
    public SampleInput Slice(int start, int count, int total)
    {
        var slice = Array.CreateInstance(Values.GetType().GetElementType()!, total * ItemLength);
        if (slice is string[] strings) Array.Fill(strings, "");
        Array.Copy(Values, start * ItemLength, slice, 0, count * ItemLength);
        return this with { Values = slice };
    }

    /// <summary>The first <paramref name="count"/> samples, again and again until there are <paramref name="total"/>.</summary>
    public SampleInput Repeated(int count, int total)
    {
        var values = Array.CreateInstance(Values.GetType().GetElementType()!, total * ItemLength);
        for (var i = 0; i < total; i++) Array.Copy(Values, i % count * ItemLength, values, i * ItemLength, ItemLength);
        return this with { Values = values };
    }

    public OrtValue ToOrtValue(int count)
    {
        long[] shape = [count, .. ItemShape];
        return Values switch
        {
            { Length: 0 } => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, ElementOf(Values), shape),
            byte[] bytes => OrtValue.CreateTensorValueFromMemory(bytes, shape),
            float[] floats => OrtValue.CreateTensorValueFromMemory(floats, shape),
            long[] longs => OrtValue.CreateTensorValueFromMemory(longs, shape),
            double[] doubles => OrtValue.CreateTensorValueFromMemory(doubles, shape),
            int[] integers => OrtValue.CreateTensorValueFromMemory(integers, shape),
            bool[] truths => OrtValue.CreateTensorValueFromMemory(truths, shape),
            string[] strings => StringTensor.Of(strings, shape),
            _ => throw new NotSupportedException($"Samples cannot be {Values.GetType().GetElementType()}."),
        };
    }

    private static TensorElementType ElementOf(Array values) => values switch
    {
        byte[] => TensorElementType.UInt8,
        float[] => TensorElementType.Float,
        long[] => TensorElementType.Int64,
        double[] => TensorElementType.Double,
        int[] => TensorElementType.Int32,
        bool[] => TensorElementType.Bool,
        _ => TensorElementType.String,
    };
}

/// <summary>Some samples as the inputs of a model.</summary>
internal sealed record SampleBatch(int Count, IReadOnlyList<SampleInput> Inputs)
{
    public SampleBatch Slice(int start, int count, int total) => new(total, [.. Inputs.Select(i => i.Slice(start, count, total))]);

    public SampleBatch Repeated(int total) => new(total, [.. Inputs.Select(i => i.Repeated(Count, total))]);
}
