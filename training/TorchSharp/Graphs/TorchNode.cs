using System.Runtime.InteropServices;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>What a translation sees of a node before anything runs.</summary>
internal sealed class TorchNode(Node node, Model model, InferredGraph known, torch.Device device)
{
    public Node Node => node;

    /// <summary>The version of the standard operator set.</summary>
    public long Opset => model.Opsets.TryGetValue(Domains.Onnx, out var opset) ? opset : Model.CurrentOpset;

    /// <summary>Where the graph runs.</summary>
    public torch.Device Device => device;

    public bool Has(int input) => node.Input(input) is not null;

    /// <summary>The initializer that an input is; null where it is computed or left out.</summary>
    public Initializer? Constant(int input) => node.Input(input) is { } name ? Constants.Find(model.Graph, name) : null;

    /// <summary>An input that is a float scalar known beforehand; null where it is not.</summary>
    public float? ConstantFloat(int input) => Constant(input) is { ElementType: ElementType.Float, ElementCount: 1 } tensor ? tensor.Span<float>()[0] : null;

    public ElementType Element(int input) => node.Input(input) is { } name && known.Types.TryGetValue(name, out var type) ? type.Element : ElementType.Undefined;

    /// <summary>The element type that inference found for an output.</summary>
    public ElementType OutputElement(int output) => node.Output(output) is { } name && known.Types.TryGetValue(name, out var type) ? type.Element : ElementType.Undefined;

    /// <summary>Whether a later node, or the graph's user, reads an output.</summary>
    public bool OutputIsRead(int output) => node.Output(output) is { } name && (model.Graph.Output(name) is not null || model.Graph.Nodes.Any(n => n.Inputs.Contains(name)));

    /// <summary>Whether a gradient goes on to an input; see <see cref="GradientPath.Receivers"/>.</summary>
    public bool PassesGradientTo(int input) => node.Input(input) is { } name && GradientPath.Receivers(node, new GraphTopology(model.Graph)).Contains(name);

    /// <summary>The axes of an input.</summary>
    /// <exception cref="TrainingException">They are not known beforehand.</exception>
    public int Rank(int input) => known.Types.TryGetValue(node.Inputs[input], out var type) && type.Shape is { } shape
        ? shape.Rank
        : throw Declined($"the rank of '{node.Inputs[input]}' is unknown; run shape inference with known input shapes");

    /// <summary>The inputs that the translation reads as integers on the host, and not as tensors.</summary>
    public HashSet<int> HostInputs { get; } = [];

    /// <summary>The integers of an input: read once where they are known beforehand, else at every run.</summary>
    public Func<Arguments, long[]> Integers(int input)
    {
        HostInputs.Add(input);
        if (KnownIntegers(input) is { } values) return _ => values;
        return x => ReadIntegers(x[input]);
    }

    /// <summary>The integers of an input where they are known beforehand, else null.</summary>
    public long[]? KnownIntegers(int input) => node.Input(input) is not { } name ? null
        : Constant(input) is { ElementType: ElementType.Int64 } tensor ? tensor.Span<long>().ToArray()
        : Constant(input) is { ElementType: ElementType.Int32 } narrow ? [.. narrow.Span<int>().ToArray().Select(v => (long)v)]
        : known.Integers(name);

    /// <summary>What was an attribute once and is an input now, integers; null where it is neither.</summary>
    public Func<Arguments, long[]>? IntegersOf(string attribute, int input) =>
        node.Ints(attribute) is { } given ? FromAttribute([.. given]) : Has(input) ? Integers(input) : null;

    /// <summary>An error that says why this node cannot be run.</summary>
    public static TrainingException Declined(string reason) => new(reason);

    private static Func<Arguments, long[]> FromAttribute(long[] values) => _ => values;

    private static long[] ReadIntegers(Tensor tensor)
    {
        using var wide = tensor.to(ScalarType.Int64);
        using var host = wide.cpu();
        using var packed = host.contiguous();
        return MemoryMarshal.Cast<byte, long>(packed.bytes).ToArray();
    }
}
