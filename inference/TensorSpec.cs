using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Inference;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="ElementType">The type of its elements; null when it is no tensor.</param>
/// <param name="Shape">Its axes; -1 for one whose size is free, as the batch usually is.</param>
public sealed record TensorSpec(string Name, TensorElementType? ElementType, IReadOnlyList<int> Shape)
{
    /// <summary>For example "pixels: UInt8[-1,1,28,28]".</summary>
    public override string ToString() => $"{Name}: {ElementType?.ToString() ?? "no tensor"}[{string.Join(",", Shape)}]";

    internal static TensorSpec Of(string name, NodeMetadata node) => node.IsTensor || node.IsString
        ? new TensorSpec(name, node.ElementDataType, node.Dimensions)
        : new TensorSpec(name, null, []);
}
