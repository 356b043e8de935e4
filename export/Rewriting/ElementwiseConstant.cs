using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Add, Sub, Mul or Div of some data and one constant.</summary>
internal sealed record ElementwiseConstant(Node Node, string Data, Initializer Constant, bool ConstantFirst)
{
    private const int ChannelAxis = 1;

    /// <summary>The node so read, or null when it is none: division by the data is not affine.</summary>
    public static ElementwiseConstant? Of(Node node, ConstantTable constants)
    {
        if (!(node.Is(Ops.Add) || node.Is(Ops.Sub) || node.Is(Ops.Mul) || node.Is(Ops.Div)) || node.Inputs.Count != 2) return null;
        var (left, right) = (constants.Find(node.Inputs[0]), constants.Find(node.Inputs[1]));
        return (left, right) switch
        {
            (null, not null) => new ElementwiseConstant(node, node.Inputs[0], right, false),
            (not null, null) when !node.Is(Ops.Div) => new ElementwiseConstant(node, node.Inputs[1], left, true),
            _ => null,
        };
    }

    /// <summary>The node as a factor and a shift for each channel of data of <paramref name="shape"/>, or null and why it is not that.</summary>
    public ChannelAffine? ToAffine(TensorShape shape, out string reason)
    {
        reason = "";
        if (TensorReader.ToDoubles(Constant) is not { } values) reason = $"its constant '{Constant.Name}' is {Constant.ElementType}; expected Float or Double";
        else if (shape.Rank < 2 || shape[ChannelAxis].Size is not { } channels) reason = $"'{Data}' of shape {shape} has no known number of channels";
        else if (!IsPerChannel(shape.Rank, channels)) reason = $"its constant of shape {Constant.Shape} is not one value for each of the {channels} channels of '{Data}', {shape}";
        else
        {
            var affine = Affine([.. Enumerable.Range(0, (int)channels).Select(c => values[values.Length == 1 ? 0 : c])]);
            var bad = affine.FirstNonFinite;
            if (bad < 0) return affine;
            reason = $"channel {bad} has no finite factor";
        }
        return null;
    }

    private ChannelAffine Affine(double[] constant)
    {
        var ones = Array.ConvertAll(constant, _ => 1.0);
        var zeros = new double[constant.Length];
        return Node.OpType switch
        {
            Ops.Add => new ChannelAffine(ones, constant),
            Ops.Sub when ConstantFirst => new ChannelAffine(Array.ConvertAll(constant, _ => -1.0), constant),
            Ops.Sub => new ChannelAffine(ones, Array.ConvertAll(constant, c => -c)),
            Ops.Div => new ChannelAffine(Array.ConvertAll(constant, c => 1 / c), zeros),
            _ => new ChannelAffine(constant, zeros),
        };
    }

    /// <summary>Whether the constant, aligned at the last axis as broadcasting does, varies along the channels only and does not enlarge the data.</summary>
    private bool IsPerChannel(int rank, long channels)
    {
        if (Constant.Dims.Count > rank) return false;
        for (var i = 0; i < Constant.Dims.Count; i++)
        {
            var axis = rank - Constant.Dims.Count + i;
            if (Constant.Dims[i] != 1 && (axis != ChannelAxis || Constant.Dims[i] != channels)) return false;
        }
        return true;
    }
}
