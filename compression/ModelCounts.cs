using OnnxPipeline.Compression.Pruning.Masks;
using OnnxPipeline.Training;

namespace OnnxPipeline.Compression;

/// <summary>How large a model is.</summary>
/// <param name="Parameters">Elements of all weights that are trained.</param>
/// <param name="NonZero">Those of them that are not 0.</param>
/// <param name="MultiplyAdds">For one sample.</param>
/// <param name="FileBytes">The size of its file, all weights in it.</param>
public sealed record ModelCounts(long Parameters, long NonZero, long MultiplyAdds, long FileBytes)
{
    public static ModelCounts Of(Model model)
    {
        var summary = ModelSummary.Of(model);
        var nonZero = Trainables.Of(model.Graph).Sum(t => t.ElementType == ElementType.Float ? MaskMethod.NonZero(t) : t.ElementCount);
        return new ModelCounts(summary.Parameters, nonZero, summary.MultiplyAdds, model.ToBytes().LongLength);
    }
}
