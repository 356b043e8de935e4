using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Adapters;

namespace OnnxPipeline.Inference;

/// <summary>Whether an adapter belongs to a model: its tensors must be inputs of the model that have defaults, and its base the model.</summary>
internal static class AdapterCheck
{
    private const int Listed = 8;

    /// <summary>The end of a sentence; null where the adapter fits.</summary>
    public static string? WhyNot(AdapterFile adapter, ModelSession session)
    {
        var slots = session.Native.OverridableInitializerMetadata;
        if (slots.Count == 0) return "the model has no inputs that an adapter could replace; take the base that a run with train.lora exports beside its model";
        if (adapter.Tensors.FirstOrDefault(t => !slots.ContainsKey(t.Name)) is { } stranger)
            return $"it brings '{stranger.Name}', and what can be replaced in the model is {string.Join(", ", slots.Keys.Take(Listed))}{(slots.Count > Listed ? ", …" : "")}";
        if (adapter.Tensors.FirstOrDefault(t => !Fits(t, slots[t.Name])) is { } misfit)
            return $"it brings {misfit} with elements of type {misfit.DataType}, and the model takes [{string.Join(",", slots[misfit.Name].Dimensions)}] of type {(int)slots[misfit.Name].ElementDataType} (-1 is any size)";
        return session.Metadata?.AdapterBase is { } fingerprint && AdapterFile.ModelVersionOf(fingerprint) != adapter.ModelVersion
            ? $"it was trained on another base (number {adapter.ModelVersion}, expected {AdapterFile.ModelVersionOf(fingerprint)})"
            : null;
    }

    private static bool Fits(AdapterTensor tensor, NodeMetadata slot) => slot.IsTensor && (int)slot.ElementDataType == tensor.DataType
        && slot.Dimensions.Length == tensor.Dims.Count && slot.Dimensions.Zip(tensor.Dims).All(axis => axis.First < 0 || axis.First == axis.Second);
}
