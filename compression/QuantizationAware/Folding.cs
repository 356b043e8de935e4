using OnnxPipeline.Export;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>What export will do to a model and its weights, done before they are trained on.</summary>
internal static class Folding
{
    /// <summary>Those of export's passes that change what is computed with. Initializers that are equal now stay apart: training makes them differ.</summary>
    public static PassPipeline Passes() => new(
        new FreezeInitializers(),
        new DropTrainingOnlyNodes(),
        new FoldConstants(),
        new EliminateIdentities(),
        new CancelTransposes(),
        new FoldPads(),
        new FoldBatchNorm(),
        new FoldNormalization(),
        new EliminateDeadNodes());
}
