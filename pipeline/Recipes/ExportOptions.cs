using OnnxPipeline.Export.Thresholds;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>How the trained graph becomes a deployable model, and how the two are compared.</summary>
internal sealed record ExportOptions
{
    /// <summary>The version of the ONNX operator set that the exported model uses.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>The largest absolute difference of a probability, or of a value in standard deviations of the target, between trained and exported model that verification accepts.</summary>
    public double MaxAbsDiff { get; init; } = 1e-4;

    /// <summary>At most this many held-out samples are compared.</summary>
    public int Samples { get; init; } = 10000;

    /// <summary>Of two classes, how the threshold between them is chosen on the validation part; it is stored in the model and decides its answers. Null for the more probable class.</summary>
    public ThresholdOptions? Threshold { get; init; }
}
