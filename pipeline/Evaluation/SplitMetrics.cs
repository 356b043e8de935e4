using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>How well a model does on one part of a dataset.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "task")]
[JsonDerivedType(typeof(ClassificationMetrics), "classification")]
[JsonDerivedType(typeof(RegressionMetrics), "regression")]
internal abstract record SplitMetrics
{
    public required long Samples { get; init; }

    /// <summary>The most telling figure in words, for example "accuracy 92.87 %".</summary>
    [JsonIgnore]
    public abstract string Headline { get; }
}
