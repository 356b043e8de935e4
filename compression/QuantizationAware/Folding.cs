using OnnxPipeline.Export;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>What export will do to a model and its weights, done before they are trained on.</summary>
internal static class Folding
{
    /// <summary>Export's passes but those that make one of what is equal: initializers that are equal now stay apart, since training makes them differ.</summary>
    public static PassPipeline Passes() =>
        new([.. PassPipeline.Deploy().Passes.Where(pass => pass is not (DeduplicateInitializers or EliminateCommonSubexpressions))]);
}
