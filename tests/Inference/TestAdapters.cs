using System.Runtime.InteropServices;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Tests;

/// <summary>An adapter, and the model that it makes of its base, its changes merged into the weights.</summary>
internal sealed record TestAdapter(AdapterFile File, byte[] Merged);

/// <summary>Bases and adapters as the pipeline makes them, of models whose "weights" are read by one Gemm or MatMul.</summary>
internal static class TestAdapters
{
    public const string Base = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string A = "weights.lora_A";
    private const string B = "weights.lora_B";

    /// <summary>The model with inputs for a change of its weights, which has a default of rank 2 that does nothing.</summary>
    public static byte[] BaseOf(byte[] original, string fingerprint = Base)
    {
        var model = Model.Parse(original);
        var graph = model.Graph;
        var (node, inputs, outputs) = Reader(graph);
        Declare(A, [inputs, 2], new Value(A, ElementType.Float, inputs, Dimension.Unknown));
        Declare(B, [2, outputs], new Value(B, ElementType.Float, Dimension.Unknown, outputs));
        var output = node.Outputs[0];
        node.Outputs[0] = "plain";
        graph.Nodes.InsertRange(graph.Nodes.IndexOf(node) + 1,
        [
            new Node("MatMul", [node.Inputs[0], A], ["down"]),
            new Node("MatMul", ["down", B], ["up"]),
            new Node("Add", ["plain", "up"], [output]),
        ]);
        var metadata = DeployMetadata.FromEntries(model.Metadata)! with { AdapterBase = fingerprint };
        foreach (var (key, value) in metadata.ToEntries()) model.Metadata[key] = value;
        return model.ToBytes();

        void Declare(string name, long[] dims, Value input)
        {
            graph.Initializers.Add(Initializer.Zeros(name, ElementType.Float, dims));
            graph.Inputs.Add(input);
        }
    }

    /// <summary>An adapter drawn by the seed.</summary>
    public static TestAdapter For(byte[] original, ulong seed, int rank = 2)
    {
        var model = Model.Parse(original);
        var (node, inputs, outputs) = Reader(model.Graph);
        var (a, b) = (Draw(seed, 1, (int)inputs * rank), Draw(seed, 2, rank * (int)outputs));
        var weights = model.Graph.Initializers["weights"].Span<float>();
        for (var i = 0; i < inputs; i++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var change = Enumerable.Range(0, rank).Sum(r => (double)a[i * rank + r] * b[r * outputs + o]);
                weights[(int)(node.Int("transB", 0) != 0 ? o * inputs + i : i * outputs + o)] += (float)change;
            }
        }
        return new TestAdapter(new AdapterFile { ModelVersion = AdapterFile.ModelVersionOf(Base), Tensors = [Tensor(A, a, inputs, rank), Tensor(B, b, rank, outputs)] }, model.ToBytes());
    }

    public static AdapterTensor Tensor(string name, float[] values, params long[] dims) => new(name, AdapterTensor.Float, dims, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static (Node Node, long Inputs, long Outputs) Reader(Graph graph)
    {
        var node = graph.Nodes.Single(n => n.Input(1) == "weights");
        var dims = graph.Initializers["weights"].Dims;
        return node.Int("transB", 0) != 0 ? (node, dims[1], dims[0]) : (node, dims[0], dims[1]);
    }

    private static float[] Draw(ulong seed, ulong stream, int count)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, stream);
        var values = new float[count];
        foreach (ref var value in values.AsSpan()) value = (float)(0.2 * random.NextNormal());
        return values;
    }
}
