using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Computes single nodes on constant inputs in ONNX Runtime, as a model of one node.</summary>
internal sealed class NodeEvaluator(Model model)
{
    /// <summary>Inputs up to this size are put into the model, where shape inference sees their values; larger ones are passed by reference.</summary>
    private const int EmbeddedBytes = 1024;

    private static readonly SessionSettings Plain = new() { Threads = 1, Spin = Spinning.Never, Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL };

    /// <summary>
    /// The node's results, under its outputs' names; outputs left out are skipped. Null and why when ONNX Runtime cannot compute
    /// it, when the size of a result cannot be told before it is computed, or when it exceeds that of the inputs by more than <paramref name="growth"/> bytes.
    /// </summary>
    public IReadOnlyList<Initializer>? Run(Node node, Initializer?[] inputs, long growth, out string reason)
    {
        if (SizeBound.WhyBeyondMetadata(node, inputs) is { } unbounded)
        {
            reason = unbounded;
            return null;
        }
        var outputs = node.Outputs.Where(o => o.Length > 0).ToArray();
        var tensors = inputs.OfType<Initializer>().DistinctBy(t => t.Name).ToArray();
        var (embedded, passed) = (tensors.Where(IsEmbedded).ToArray(), tensors.Where(t => !IsEmbedded(t)).ToArray());
        try
        {
            using var session = SessionFactory.Create(UntypedOutputs.Append(ModelOf(node, embedded, passed), outputs), Plain);
            var limit = tensors.Sum(Size) + growth;
            reason = WhyTooLarge(session, outputs, limit) ?? "";
            if (reason.Length > 0) return null;

            var computed = Compute(session, passed, outputs);
            // ONNX Runtime reports an unknown rank as it reports a scalar, so what came out is measured as well.
            var total = computed.Sum(Size);
            if (total > limit) reason = TooLarge(total, limit);
            return total > limit ? null : computed;
        }
        catch (OnnxRuntimeException exception)
        {
            reason = $"ONNX Runtime cannot compute it: {exception.Message}";
            return null;
        }
    }

    private static bool IsEmbedded(Initializer tensor) => tensor.ElementType == ElementType.String || Size(tensor) <= EmbeddedBytes;

    private static long Size(Initializer tensor) => tensor.ElementType.ByteLength(tensor.ElementCount);

    private Model ModelOf(Node node, Initializer[] embedded, Initializer[] passed)
    {
        var graph = new Graph(node.OpType);
        graph.Nodes.Add(node.Clone());
        foreach (var tensor in embedded) graph.Initializers.Add(tensor.Clone());
        graph.Inputs.AddRange(passed.Select(t => new Value(t.Name, t.Type)));
        var single = new Model(graph) { IrVersion = Math.Max(model.IrVersion, ConstantTable.FirstIrWithConstants) };
        foreach (var opset in model.Opsets) single.Opsets[opset.Key] = opset.Value;
        return single;
    }

    private static string? WhyTooLarge(InferenceSession session, string[] outputs, long limit)
    {
        var total = 0L;
        foreach (var output in outputs)
        {
            var metadata = session.OutputMetadata[output];
            if (!metadata.IsTensor) return $"its output '{output}' is no numeric tensor";
            if (metadata.Dimensions.Any(d => d < 0)) return $"the size of its output '{output}' is not known before it is computed";
            var count = metadata.Dimensions.Aggregate(1.0, (product, d) => product * d);
            total += (long)Math.Min(count * ((ElementType)metadata.ElementDataType).Bits() / 8, long.MaxValue / 4);
        }
        return total > limit ? TooLarge(total, limit) : null;
    }

    private static string TooLarge(long bytes, long limit) => $"its result of {bytes} bytes is over the limit of {limit}, the size of its inputs and the growth allowed";

    private static unsafe Initializer[] Compute(InferenceSession session, Initializer[] passed, string[] outputs)
    {
        var pins = Array.ConvertAll(passed, tensor => tensor.Bytes.Pin());
        var values = passed.Select((tensor, i) => OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.ElementType, [.. tensor.Dims], (nint)pins[i].Pointer, Size(tensor))).ToArray();
        try
        {
            using var run = new RunOptions();
            using var results = session.Run(run, [.. passed.Select(t => t.Name)], values, outputs);
            return [.. results.Select((result, i) => ToInitializer(outputs[i], result))];
        }
        finally
        {
            foreach (var value in values) value.Dispose();
            foreach (var pin in pins) pin.Dispose();
        }
    }

    private static Initializer ToInitializer(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var data = info.ElementCount == 0 ? [] : value.GetTensorMutableRawData();
        return Initializer.FromBytes(name, (ElementType)info.ElementDataType, data, info.Shape);
    }
}
