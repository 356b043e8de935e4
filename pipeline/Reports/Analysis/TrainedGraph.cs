using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>A trained model in ONNX Runtime, fed with a dataset's features; any value of its graph can be asked for.</summary>
internal sealed class TrainedGraph : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string _value;

    /// <param name="trained">The model; its inputs are features of the dataset, by name.</param>
    /// <param name="value">The value of the graph to compute: float, the batch first.</param>
    public TrainedGraph(Model trained, string value)
    {
        var model = trained.Clone();
        if (model.Graph.Output(value) is null) model.Graph.Outputs.Add(new Value(value, new TensorType(ElementType.Float, null)));
        _session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Spin = Spinning.Never });
        _value = value;
    }

    /// <summary>What the last layer, the classifier or regressor, is given: the name of its input; null for a graph that ends otherwise.</summary>
    public static string? Penultimate(Model model)
    {
        var name = model.Graph.Outputs[0].Name;
        while (model.Graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(name)) is { } node)
        {
            if (node.Is(Ops.Gemm) || node.Is(Ops.MatMul)) return node.Input(0);
            if (node.Inputs.FirstOrDefault(input => model.Graph.Nodes.Any(n => n.Outputs.Contains(input))) is not { } before) return null;
            name = before;
        }
        return null;
    }

    /// <summary>The value for some samples of a split, one row of numbers each.</summary>
    public double[,] Run(DatasetSplit split, IReadOnlyList<int> samples) =>
        Run(samples.Count, name => Feed(split.Features.First(f => f.Name == name), samples));

    /// <summary>The value for points in the plane, which are the graph's only input, float [points, 2].</summary>
    public double[,] Run(float[] points) => Run(points.Length / 2, _ => OrtValue.CreateTensorValueFromMemory(points, [points.Length / 2, 2]));

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private double[,] Run(int count, Func<string, OrtValue> feed)
    {
        OrtValue[] inputs = [.. _session.InputNames.Select(feed)];
        try
        {
            using var results = _session.Run(_options, _session.InputNames, inputs, [_value]);
            var values = results[0].GetTensorDataAsSpan<float>();
            var width = values.Length / count;
            var rows = new double[count, width];
            for (var i = 0; i < count; i++)
                for (var j = 0; j < width; j++) rows[i, j] = values[i * width + j];
            return rows;
        }
        finally
        {
            foreach (var input in inputs) input.Dispose();
        }
    }

    private static OrtValue Feed(DataTensor feature, IReadOnlyList<int> samples)
    {
        long[] shape = [samples.Count, .. feature.ItemShape];
        return feature.Kind switch
        {
            DataKind.UInt8 => Feed<byte>(feature, samples, shape),
            DataKind.Int64 => Feed<long>(feature, samples, shape),
            _ => Feed<float>(feature, samples, shape),
        };
    }

    private static OrtValue Feed<T>(DataTensor feature, IReadOnlyList<int> samples, long[] shape) where T : unmanaged
    {
        var values = new T[shape.Aggregate(1L, (product, size) => product * size)];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        for (var i = 0; i < samples.Count; i++) feature.Item(samples[i]).CopyTo(bytes[(i * feature.ItemBytes)..]);
        return OrtValue.CreateTensorValueFromMemory(values, shape);
    }
}
