using System.Numerics;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// How the weights of a Conv, ConvTranspose, Gemm or MatMul lie in memory, seen as [outer, inner, window]: which input channel and
/// which output channel each (outer, inner) pair joins. Sources: the operators' definitions, https://onnx.ai/onnx/operators.
/// </summary>
internal sealed class LinearWeights
{
    private readonly Func<int, int, (int Input, int Output)> _channels;
    private readonly int _outer;
    private readonly int _inner;
    private readonly int _window;

    private LinearWeights(int inputs, int outputs, int outer, int inner, int window, Func<int, int, (int, int)> channels)
    {
        (InputChannels, OutputChannels, _outer, _inner, _window, _channels) = (inputs, outputs, outer, inner, window, channels);
    }

    public int InputChannels { get; }

    public int OutputChannels { get; }

    /// <summary>The layout of <paramref name="node"/>'s weights, or null when their shape does not suit the node.</summary>
    public static LinearWeights? Of(Node node, IReadOnlyList<long> dims)
    {
        if (node.Is(Ops.Gemm) || node.Is(Ops.MatMul))
        {
            if (dims.Count != 2) return null;
            var (rows, columns) = ((int)dims[0], (int)dims[1]);
            return node.Int("transB", 0) != 0
                ? new LinearWeights(columns, rows, rows, columns, 1, (n, k) => (k, n))
                : new LinearWeights(rows, columns, rows, columns, 1, (k, n) => (k, n));
        }

        var groups = (int)node.Int("group", 1);
        if (dims.Count < 3 || groups < 1 || dims[0] % groups != 0) return null;
        var (outer, inner, window) = ((int)dims[0], (int)dims[1], (int)dims.Skip(2).Aggregate(1L, (product, d) => product * d));
        var outerPerGroup = outer / groups;
        return node.Is(Ops.Conv)
            ? new LinearWeights(inner * groups, outer, outer, inner, window, (o, i) => (o / outerPerGroup * inner + i, o))
            : new LinearWeights(outer, inner * groups, outer, inner, window, (i, o) => (i, i / outerPerGroup * inner + o));
    }

    /// <summary>Multiplies each weight by the factor of its output channel.</summary>
    public void ScaleOutputs(Initializer weights, double[] factors) => Scale(weights, (_, output) => factors[output]);

    /// <summary>Multiplies each weight by the factor of its input channel, <paramref name="repeat"/> input channels sharing one.</summary>
    public void ScaleInputs(Initializer weights, double[] factors, int repeat) => Scale(weights, (input, _) => factors[input / repeat]);

    /// <summary>What adding <paramref name="shift"/> to the input channels adds to each output channel, where no window leaves the image.</summary>
    public double[] OutputShift(Initializer weights, double[] shift, int repeat)
    {
        var sums = new double[OutputChannels];
        if (weights.ElementType == ElementType.Double) Sum(weights.Span<double>());
        else Sum(weights.Span<float>());
        return sums;

        void Sum<T>(ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
        {
            for (var a = 0; a < _outer; a++)
            {
                for (var b = 0; b < _inner; b++)
                {
                    var (input, output) = _channels(a, b);
                    var sum = 0.0;
                    foreach (var w in values.Slice((a * _inner + b) * _window, _window)) sum += double.CreateChecked(w);
                    sums[output] += sum * shift[input / repeat];
                }
            }
        }
    }

    private void Scale(Initializer weights, Func<int, int, double> factor)
    {
        if (weights.ElementType == ElementType.Double) Multiply(weights.Span<double>());
        else Multiply(weights.Span<float>());

        void Multiply<T>(Span<T> values) where T : unmanaged, INumber<T>
        {
            for (var a = 0; a < _outer; a++)
            {
                for (var b = 0; b < _inner; b++)
                {
                    var (input, output) = _channels(a, b);
                    var by = factor(input, output);
                    foreach (ref var w in values.Slice((a * _inner + b) * _window, _window)) w = T.CreateChecked(double.CreateChecked(w) * by);
                }
            }
        }
    }
}
