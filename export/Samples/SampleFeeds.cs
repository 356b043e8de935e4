using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Samples;

/// <summary>Samples of a dataset as the inputs of any model that takes them: a trained model, a deployed one, or one from elsewhere.</summary>
internal static class SampleFeeds
{
    /// <summary>The only batch that a graph takes, or null when it takes any.</summary>
    public static int? FixedBatch(Graph graph) => graph.RequiredInputs.FirstOrDefault()?.Type?.Shape is [{ Size: { } size }, ..] ? (int)size : null;

    /// <summary>Images go into the only input, as bytes or as floats from 0 to 255; the columns of a table into the inputs of their names.</summary>
    /// <exception cref="ExportException">The samples are not what the model takes.</exception>
    public static IReadOnlyList<Initializer> For(Graph graph, HeldOutSamples samples, int start, int count)
    {
        Value[] inputs = [.. graph.RequiredInputs];
        var batch = new[] { samples.Trained(start, count), samples.Deployed(start, count) }.FirstOrDefault(b => Fits(b, inputs))
            ?? throw new ExportException($"The model takes {string.Join(", ", inputs.Select(i => i.ToString()))}, but the samples are {string.Join(", ", samples.Deployed(start, count).Inputs.Select(i => i.Name ?? "one image"))}.");
        return [.. batch.Inputs.Select(input => Feed(input, input.Name is null ? inputs[0] : inputs.First(i => i.Name == input.Name), count))];
    }

    private static bool Fits(SampleBatch batch, Value[] inputs) => batch.Inputs is [{ Name: null }]
        ? inputs.Length == 1
        : batch.Inputs.Count == inputs.Length && batch.Inputs.All(i => inputs.Any(v => v.Name == i.Name));

    private static Initializer Feed(SampleInput sample, Value input, int count)
    {
        if (input.Type is not { Shape: { Rank: > 0 } shape } type) throw new ExportException($"The input '{input.Name}' is no tensor of known rank.");
        long[] dims = [count, .. shape.Skip(1).Select((d, i) => d.Size ?? (shape.Rank - 1 == sample.ItemShape.Count ? sample.ItemShape[i] : 1))];
        if (dims.Aggregate(1L, (product, d) => product * d) != sample.Values.Length)
            throw new ExportException($"The input '{input}' takes {dims.Skip(1).Aggregate(1L, (product, d) => product * d)} numbers a sample, but the samples have {sample.ItemLength}.");
        if (sample.Name is null && ImageShape.Of(input.Name, [.. shape.Select(d => d.Size ?? -1)]) is { } image) sample = PixelLayout.Fit(sample, image);
        return (sample.Values, type.Element) switch
        {
            (byte[] pixels, ElementType.UInt8) => Initializer.Create<byte>(input.Name, pixels, dims),
            (byte[] pixels, ElementType.Float) => Initializer.Create<float>(input.Name, Array.ConvertAll(pixels, p => (float)p), dims),
            (float[] numbers, ElementType.Float) => Initializer.Create<float>(input.Name, numbers, dims),
            (long[] codes, ElementType.Int64) => Initializer.Create<long>(input.Name, codes, dims),
            (double[] numbers, ElementType.Double) => Initializer.Create<double>(input.Name, numbers, dims),
            (int[] numbers, ElementType.Int32) => Initializer.Create<int>(input.Name, numbers, dims),
            (bool[] truths, ElementType.Bool) => Initializer.Create<bool>(input.Name, truths, dims),
            (string[] words, ElementType.String) => Initializer.OfStrings(input.Name, words, dims),
            _ => throw new ExportException($"The input '{input}' does not take {sample.Values.GetType().GetElementType()!.Name} samples."),
        };
    }
}
