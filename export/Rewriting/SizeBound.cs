using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// Guards against results so large that ONNX Runtime's .NET metadata, which holds sizes in 32 bits, would misstate them. Only operators
/// whose result's size follows from the values of their inputs can make those from small constants.
/// </summary>
internal static class SizeBound
{
    private static readonly HashSet<string> SizedByValues = ["ConstantOfShape", "EyeLike", "Expand", "OneHot", "Pad", "Range", "Resize", "Tile", "Upsample"];

    /// <summary>Why the result's size cannot be trusted, or null. The bound is coarse: no size exceeds the product of all sizes and values.</summary>
    public static string? WhyBeyondMetadata(Node node, IEnumerable<Initializer?> inputs)
    {
        if (!SizedByValues.Contains(node.OpType)) return null;
        var bound = 1.0;
        foreach (var tensor in inputs.OfType<Initializer>())
        {
            bound *= Math.Max(1, tensor.ElementCount);
            // Sizes, repeats and the like are few; a longer tensor is the data itself.
            if (tensor.ElementCount <= 16) bound = (TensorReader.ToNumbers(tensor) ?? []).Where(v => v != 0).Aggregate(bound, (product, v) => product * Math.Max(Math.Abs(v), 1 / Math.Abs(v)));
        }
        return bound <= int.MaxValue ? null : $"its result may have {bound:g2} elements, over the limit of {int.MaxValue}";
    }
}
