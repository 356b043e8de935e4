using System.Text.Json;

namespace OnnxPipeline.Inference.Results;

/// <summary>What became of one sample of many: a class, a value, or why there is neither.</summary>
/// <param name="Prediction">What a classifier says of it.</param>
/// <param name="Value">What a regression says of it, in the target's unit.</param>
/// <param name="Error">What is wrong with it; null for a good one.</param>
public abstract record ResultRow(Prediction? Prediction, float? Value, string? Error)
{
    /// <summary>The answer of a classifier; null for a regression, and for a row with an error.</summary>
    public string? Label => Prediction?.Top.Label;

    /// <summary>Its probability, from 0 to 1; null without a label.</summary>
    public float? Probability => Prediction?.Top.Probability;

    /// <summary>What tells the sample from the others.</summary>
    public abstract string Key { get; }

    internal abstract void WriteKey(Utf8JsonWriter json);
}
