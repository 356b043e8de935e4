namespace OnnxPipeline.Models.Metadata;

/// <summary>What the tensors of a table are called, in datasets and as inputs of a model in training.</summary>
public static class TableFeatures
{
    /// <summary>float [batch, numbers], in the columns' own units; NaN where a value is missing.</summary>
    public const string Numeric = "numeric";

    /// <summary>int64 [batch, categories]: codes, 0 for an unknown or missing category.</summary>
    public const string Categorical = "categorical";
}
