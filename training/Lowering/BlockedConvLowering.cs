using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// Puts convolutions into ONNX Runtime's blocked channel layout, NCHWc, in which its CPU kernels take about half the time.
/// ONNX Runtime does so itself where weights are constant; in training they are inputs, so the reordering is written out:
/// Conv becomes ReorderInput, a Conv over weights laid out as [O/b, I/b, kh, kw, b, b], and ReorderOutput.
/// The block b depends on the processor and is found by trying; where none works, nothing is changed.
/// </summary>
internal static class BlockedConvLowering
{
    private const string Domain = "com.microsoft.nchwc";
    private const string ReorderInput = "ReorderInput";
    private const string ReorderOutput = "ReorderOutput";
    private static readonly Lazy<int> MachineBlock = new(() => new[] { 16, 8 }.FirstOrDefault(Works));

    /// <summary>Channels a block on this machine's processor; 0 where ONNX Runtime has no such kernels.</summary>
    public static int Block => MachineBlock.Value;

    /// <summary>Rewrites every 2-D convolution of one group whose channels are whole blocks; gives their number.</summary>
    public static int Apply(Model model, int block)
    {
        if (block == 0) return 0;
        var types = ShapeInference.Infer(model);
        var topology = new GraphTopology(model.Graph);
        var nodes = model.Graph.Nodes.ToArray();
        model.Graph.Nodes.Clear();
        var writer = new GraphWriter(model, nodes);
        var count = 0;
        foreach (var node in nodes)
        {
            if (!Fits(node, types, block, out var weights))
            {
                model.Graph.Nodes.Add(node);
                continue;
            }
            var flipped = FlippedFrom(topology, model.Graph, node.Inputs[1]);
            Rewrite(writer, node, weights, flipped is null ? Ordered(writer, node.Inputs[1], weights, block) : OrderedFlipped(writer, flipped, weights, block));
            count++;
        }
        DropUnread(model.Graph, topology);
        if (count > 0) model.Opsets[Domain] = 1;
        return count;
    }

    private static bool Fits(Node node, IReadOnlyDictionary<string, TensorType> types, int block, out long[] weights)
    {
        weights = [];
        if (!node.Is(Ops.Conv) || node.Int("group", 1) != 1 || (node.String("auto_pad") ?? "NOTSET") != "NOTSET") return false;
        if (types[node.Inputs[1]].Shape is not { Rank: 4, IsStatic: true } shape) return false;
        weights = shape.ToSizes();
        return weights[0] % block == 0 && weights[1] % block == 0 && weights[2] * weights[3] > 1;
    }

    /// <summary>Weights [O, I, kh, kw] as [O/b, I/b, kh, kw, b of I, b of O], under their own shape.</summary>
    private static string Ordered(GraphWriter writer, string name, long[] weights, int block)
    {
        var split = writer.Op(Ops.Reshape, name, writer.Constant(weights[0] / block, block, weights[1] / block, block, weights[2], weights[3]));
        var ordered = writer.Op(Ops.Transpose, n => n.Set("perm", [0, 2, 4, 5, 3, 1]), split);
        return writer.Op(Ops.Reshape, ordered, writer.Constant(weights));
    }

    /// <summary>
    /// The same of weights whose channels are exchanged and whose kernels are flipped, from those before, [I, O, kh, kw]: in blocks the one
    /// needs no work, and the other moves whole blocks. It takes a third of the time.
    /// </summary>
    private static string OrderedFlipped(GraphWriter writer, string name, long[] weights, int block)
    {
        var (outputs, inputs, area) = (weights[0] / block, weights[1] / block, weights[2] * weights[3]);
        var blocks = writer.Op(Ops.Transpose, n => n.Set("perm", [2, 0, 1, 3]), writer.Op(Ops.Reshape, name, writer.Constant(inputs, block, outputs, block * area)));
        var byPlace = writer.Op(Ops.Transpose, n => n.Set("perm", [0, 2, 1]), writer.Op(Ops.Reshape, blocks, writer.Constant(outputs * inputs, block * block, area)));
        var flipped = writer.Op(Ops.Gather, n => n.Set("axis", 1), byPlace, writer.Constant([.. Enumerable.Range(1, (int)area).Select(i => area - i)]));
        return writer.Op(Ops.Reshape, flipped, writer.Constant(weights));
    }

    /// <summary>What weights were before the gradient of a convolution's input flipped their kernels and exchanged their channels; null for other weights.</summary>
    private static string? FlippedFrom(GraphTopology topology, Graph graph, string weights)
    {
        if (topology.Producer(weights) is not { } exchange || !exchange.Is(Ops.Transpose) || exchange.Ints("perm") is not [1, 0, 2, 3]) return null;
        if (topology.Producer(exchange.Inputs[0]) is not { } flip || !flip.Is(Ops.Slice) || flip.Inputs.Count != 5) return null;
        bool Is(int input, params long[] values) => graph.Initializers.TryGet(flip.Inputs[input], out var tensor) && tensor.ElementType == ElementType.Int64 && tensor.Span<long>().SequenceEqual(values);
        return Is(1, -1, -1) && Is(2, long.MinValue, long.MinValue) && Is(3, 2, 3) && Is(4, -1, -1) ? flip.Inputs[0] : null;
    }

    /// <summary>ONNX Runtime would compute flipped weights that nothing reads any more.</summary>
    private static void DropUnread(Graph graph, GraphTopology before)
    {
        for (var dropped = 1; dropped > 0;)
        {
            var read = graph.Nodes.SelectMany(GraphTopology.UsedBy).Concat(graph.Outputs.Select(o => o.Name)).ToHashSet(StringComparer.Ordinal);
            dropped = graph.Nodes.RemoveAll(node => (node.Is(Ops.Slice) || node.Is(Ops.Transpose)) && !node.Outputs.Any(read.Contains) && node.Outputs.Any(o => before.Consumers(o).Count > 0));
        }
    }

    private static void Rewrite(GraphWriter writer, Node node, long[] weights, string blockedWeights)
    {
        var blockedInput = writer.Add(ReorderInput, [node.Inputs[0]], domain: Domain).Outputs[0];

        var conv = node.Clone();
        conv.Domain = Domain;
        conv.Inputs[0] = blockedInput;
        conv.Inputs[1] = blockedWeights;
        conv.Outputs[0] = $"{node.Outputs[0]}.blocked";
        writer.Graph.Nodes.Add(conv);
        writer.Graph.Nodes.Add(new Node(ReorderOutput, [conv.Outputs[0]], [node.Outputs[0]], $"{node.Outputs[0]}.reorder", Domain).Set("channels", weights[0]));
    }

    /// <summary>Whether a small convolution gives the same in blocks of this size as without.</summary>
    private static bool Works(int block)
    {
        const int size = 6;
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        float[] Values(int count)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan()) value = random.NextSingle() - 0.5f;
            return values;
        }
        var graph = new Graph("probe");
        graph.Inputs.Add(new Value("x", ElementType.Float, 1, 2 * block, size, size));
        graph.Inputs.Add(new Value("w", ElementType.Float, 2 * block, 2 * block, 3, 3));
        graph.Nodes.Add(new Node(Ops.Conv, ["x", "w"], ["y"]).Set("pads", [1, 1, 1, 1]).Set("kernel_shape", [3, 3]));
        graph.Outputs.Add(new Value("y", ElementType.Float, 1, 2 * block, size, size));
        var plain = new Model(graph);
        var blocked = plain.Clone();
        Apply(blocked, block);
        using var x = OrtValue.CreateTensorValueFromMemory(Values(2 * block * size * size), [1, 2 * block, size, size]);
        using var w = OrtValue.CreateTensorValueFromMemory(Values(4 * block * block * 9), [2 * block, 2 * block, 3, 3]);
        try
        {
            var expected = Run(plain, x, w);
            return Run(blocked, x, w).Zip(expected).All(p => Math.Abs(p.First - p.Second) < 1e-3f);
        }
        catch (OnnxRuntimeException)
        {
            return false;
        }
    }

    private static float[] Run(Model model, OrtValue x, OrtValue w)
    {
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var options = new RunOptions();
        using var results = session.Run(options, ["x", "w"], [x, w], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
