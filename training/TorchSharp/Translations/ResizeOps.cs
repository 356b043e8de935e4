using System.Runtime.InteropServices;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Resampling: along each axis a product with the weights of <see cref="ResizeWeights"/>, which has every form that ONNX has.</summary>
internal static class ResizeOps
{
    public static TorchFunction Resize(TorchNode node)
    {
        if (node.Opset < 11) throw TorchNode.Declined($"Resize is covered from operator set 11 on, and the model has {node.Opset}");
        if (node.Node.String("coordinate_transformation_mode") == "tf_crop_and_resize" || node.Node.Int("antialias", 0) != 0) throw TorchNode.Declined("neither tf_crop_and_resize nor antialias is covered");
        var scales = node.Constant(2) is { } constant ? constant.Span<float>().ToArray() : [];
        var sizes = node.Has(3) ? node.Integers(3) : null;
        if (scales.Length == 0 && sizes is null) throw TorchNode.Declined("its scales are computed at run time");
        var weights = new Dictionary<(int Axis, long Input), Tensor>();
        return x =>
        {
            var target = sizes?.Invoke(x);
            var y = x[0];
            for (var axis = 0; axis < x[0].dim(); axis++)
            {
                var input = x[0].size(axis);
                var output = target?[axis] ?? (long)Math.Floor(input * scales[axis]);
                var scale = scales.Length > 0 ? scales[axis] : (double)output / input;
                if (input == output && scale == 1) continue;
                if (!weights.TryGetValue((axis, input), out var matrix)) weights[(axis, input)] = matrix = Matrix(node, input, output, scale);
                y = y.transpose(axis, -1).matmul(matrix).transpose(axis, -1);
            }
            return y;
        };
    }

    /// <summary>[input, output].</summary>
    private static Tensor Matrix(TorchNode node, long input, long output, double scale)
    {
        var weights = new ResizeWeights(node.Node, input, output, scale).ToMatrix();
        using var rows = TorchTypes.Moved(TorchTypes.Create(MemoryMarshal.AsBytes(weights.AsSpan()), ScalarType.Float32, [output, input]), node.Device);
        return rows.t().DetachFromDisposeScope();
    }
}
