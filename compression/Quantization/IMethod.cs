using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization;

/// <summary>A way to quantise one model, which may be tried with ever other nodes left in float32.</summary>
internal interface IMethod
{
    /// <summary>The quantised model. The original is not changed.</summary>
    /// <param name="stays">Whether a node of the original stays in float32.</param>
    /// <param name="cancellation">Stops the work.</param>
    MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default);
}

/// <summary>What a method made.</summary>
/// <param name="Model">The quantised model.</param>
/// <param name="Quantized">The nodes with weights that are quantised, by name, in graph order.</param>
/// <param name="Left">Those that are not, each with the reason.</param>
/// <param name="Notes">What else is to be said.</param>
internal sealed record MethodResult(Model Model, IReadOnlyList<string> Quantized, IReadOnlyList<PassNote> Left, params IReadOnlyList<string> Notes);
