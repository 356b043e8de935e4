using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>y = scale·x + shift, with one scale and one shift a channel. Computed in double, whatever the model's type.</summary>
internal sealed record ChannelAffine(double[] Scale, double[] Shift)
{
    private const float DefaultEpsilon = 1e-5f;

    public int Channels => Scale.Length;

    public bool HasShift => Shift.Any(s => s != 0);

    /// <summary>The first channel whose factors are not finite in single precision, or -1.</summary>
    public int FirstNonFinite => Enumerable.Range(0, Channels).FirstOrDefault(c => !float.IsFinite((float)Scale[c]) || !float.IsFinite((float)Shift[c]), -1);

    /// <summary>
    /// What a BatchNormalization in inference form does: scale = γ/√(σ² + ε), shift = β − μ·scale. Null with a reason when its
    /// parameters are not constant floating-point vectors of one length, or give no finite numbers.
    /// </summary>
    public static ChannelAffine? OfBatchNorm(Node node, ConstantTable constants, out string reason)
    {
        var parameters = new double[4][];
        for (var i = 0; i < 4; i++)
        {
            if (constants.Find(node.Input(i + 1)) is not { } tensor)
            {
                reason = $"its input {i + 1}, '{node.Input(i + 1)}', is not constant";
                return null;
            }
            if (TensorReader.ToDoubles(tensor) is not { } values || tensor.Dims.Count != 1)
            {
                reason = $"its input {i + 1}, '{tensor.Name}', is {tensor.Type}; expected a vector of Float or Double";
                return null;
            }
            parameters[i] = values;
        }
        if (parameters.Any(p => p.Length != parameters[0].Length))
        {
            reason = $"its parameters have unequal lengths: {string.Join(", ", parameters.Select(p => p.Length))}";
            return null;
        }

        var (gamma, beta, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3]);
        var epsilon = node.Float("epsilon", DefaultEpsilon);
        var scale = gamma.Select((g, c) => g / Math.Sqrt(variance[c] + epsilon)).ToArray();
        var affine = new ChannelAffine(scale, [.. beta.Select((b, c) => b - mean[c] * scale[c])]);
        var bad = affine.FirstNonFinite;
        reason = bad < 0 ? "" : $"channel {bad} has no finite factor: scale {gamma[bad]}, mean {mean[bad]}, variance {variance[bad]}, epsilon {epsilon}";
        return bad < 0 ? affine : null;
    }
}
