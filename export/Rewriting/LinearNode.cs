using System.Globalization;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>A Conv, ConvTranspose, Gemm or MatMul of a matrix whose weights and bias are constants that belong to it alone, so that a factor and a shift can go into them.</summary>
internal sealed class LinearNode
{
    private const int WeightInput = 1;
    private const int BiasInput = 2;
    private const long OpsetOfBroadcastGemm = 7;

    private readonly GraphRewriter _rewriter;
    private readonly Node _node;
    private readonly LinearWeights _layout;
    private readonly Initializer _weights;
    private readonly double[] _bias;

    private LinearNode(GraphRewriter rewriter, Node node, LinearWeights layout, Initializer weights, double[] bias)
    {
        (_rewriter, _node, _layout, _weights, _bias) = (rewriter, node, layout, weights, bias);
    }

    public int InputChannels => _layout.InputChannels;

    public int OutputChannels => _layout.OutputChannels;

    public static bool Matches(Node? node) => node is not null && (node.Is(Ops.Conv) || node.Is(Ops.ConvTranspose) || node.Is(Ops.Gemm) || node.Is(Ops.MatMul));

    /// <summary>The node as something to fold into, or null and why it is not.</summary>
    public static LinearNode? Of(GraphRewriter rewriter, Node node, ValueTypes types, out string reason)
    {
        LinearNode? No(string why, out string reason)
        {
            reason = why;
            return null;
        }

        var name = $"{node.OpType} '{node.DisplayName}'";
        if (!IsConvolution(node) && rewriter.Opset < OpsetOfBroadcastGemm) return No($"opset {rewriter.Opset} defines Gemm differently; expected {OpsetOfBroadcastGemm} or later", out reason);
        if (node.Is(Ops.MatMul) && types.ShapeOf(node.Inputs[0])?.Rank != 2) return No($"the rank of the input of {name} is {types.ShapeOf(node.Inputs[0])?.Rank.ToString(CultureInfo.InvariantCulture) ?? "not known"}; expected 2, as a Gemm has", out reason);
        if (node.Input(WeightInput) is not { } weightName || rewriter.Constants.Find(weightName) is not { } weights)
            return No($"the weights of {name} are not constant", out reason);
        if (weights.ElementType is not (ElementType.Float or ElementType.Double))
            return No($"the weights of {name} are {weights.ElementType}; expected Float or Double", out reason);
        if (rewriter.WhyShared(weightName, node) is { } shared) return No($"the weights of {name} cannot change: {shared}", out reason);
        if (LinearWeights.Of(node, weights.Dims) is not { } layout) return No($"the weights of {name} have the unsuitable shape {weights.Shape}", out reason);

        var bias = new double[layout.OutputChannels];
        if (node.Input(BiasInput) is { } biasName)
        {
            if (rewriter.Constants.Find(biasName) is not { } tensor || TensorReader.ToDoubles(tensor) is not { } values)
                return No($"the bias of {name} is not a constant of Float or Double", out reason);
            if (values.Length != 1 && (values.Length != bias.Length || tensor.Dims[^1] != bias.Length))
                return No($"the bias of {name} has shape {tensor.Shape}; expected one value for each of {bias.Length} channels", out reason);
            var beta = node.Is(Ops.Gemm) ? node.Float("beta", 1) : 1;
            for (var c = 0; c < bias.Length; c++) bias[c] = beta * values[values.Length == 1 ? 0 : c];
        }
        reason = "";
        return new LinearNode(rewriter, node, layout, weights, bias);
    }

    /// <summary>Makes the node do what it did and then <paramref name="affine"/> on its output channels.</summary>
    public void FoldAfter(ChannelAffine affine)
    {
        _layout.ScaleOutputs(_weights, affine.Scale);
        for (var c = 0; c < _bias.Length; c++) _bias[c] = _bias[c] * affine.Scale[c] + affine.Shift[c];
        _rewriter.SetConstant(_node, WeightInput, _weights);
        WriteBias();
    }

    /// <summary>
    /// Why <paramref name="affine"/> on the input channels cannot go into the node, or null. A shift cannot when the input is padded
    /// with zeros: the padding would have to be shifted too.
    /// </summary>
    public string? WhyNotBefore(ChannelAffine affine)
    {
        if (_node.Int("transA", 0) != 0) return $"Gemm '{_node.DisplayName}' transposes its input";
        if (InputChannels % affine.Channels != 0) return $"it has {affine.Channels} channels, but {_node.OpType} '{_node.DisplayName}' reads {InputChannels}";
        if (!affine.HasShift) return null;
        if (_node.Is(Ops.ConvTranspose)) return $"it shifts the input of ConvTranspose '{_node.DisplayName}', whose windows overlap unevenly at the border";
        return _node.Is(Ops.Conv) && WindowPadding.IsPadded(_node) ? $"it shifts the input of Conv '{_node.DisplayName}', which pads with zeros: the padding would be shifted too" : null;
    }

    /// <summary>
    /// Makes the node do <paramref name="affine"/> on its input channels and then what it did. A Gemm that reads a flattened image has
    /// several inputs a channel, one after the other.
    /// </summary>
    public void FoldBefore(ChannelAffine affine)
    {
        var repeat = InputChannels / affine.Channels;
        if (affine.HasShift)
        {
            var alpha = _node.Is(Ops.Gemm) ? _node.Float("alpha", 1) : 1;
            var sums = _layout.OutputShift(_weights, affine.Shift, repeat);
            for (var c = 0; c < _bias.Length; c++) _bias[c] += alpha * sums[c];
            WriteBias();
        }
        _layout.ScaleInputs(_weights, affine.Scale, repeat);
        _rewriter.SetConstant(_node, WeightInput, _weights);
    }

    private static bool IsConvolution(Node node) => node.Is(Ops.Conv) || node.Is(Ops.ConvTranspose);

    private void WriteBias()
    {
        _rewriter.SetConstant(_node, BiasInput, TensorReader.FromDoubles(BiasName(), _weights.ElementType, _bias, _bias.Length));
        // A MatMul has no bias; a Gemm of the same matrices has.
        if (_node.Is(Ops.MatMul)) _node.OpType = Ops.Gemm;
        _node.Remove("beta");
    }

    /// <summary>A name for a bias where there was none: "conv1.weight" gains "conv1.bias".</summary>
    private string BiasName()
    {
        const string weight = "weight";
        var name = _weights.Name;
        return name.EndsWith(weight, StringComparison.Ordinal) ? $"{name[..^weight.Length]}bias" : $"{name}_bias";
    }
}
