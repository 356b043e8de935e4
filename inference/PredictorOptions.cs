using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>How a predictor runs, and, for a model from elsewhere, what its metadata would have said.</summary>
public sealed record PredictorOptions : ExecutionOptions
{
    /// <summary>The largest image to accept.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Class names by class index; null for the model's own, or else the indices.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The image input; null for what the model's metadata says, or else its only input where that leaves no doubt.</summary>
    public ImageInput? Input { get; init; }

    /// <summary>The output that holds a value a class, [batch, classes]; null for what the metadata says, or else its only output.</summary>
    public string? Output { get; init; }

    /// <summary>Whether that output holds logits, so that a softmax makes probabilities of them. Exported models hold probabilities.</summary>
    public bool Logits { get; init; }

    /// <summary>Of two classes, the second is the answer where its probability is at least this, from 0 to 1; null for the model's own threshold, or else the more probable class.</summary>
    public double? Threshold { get; init; }

    /// <summary>How bytes become the input of a model that takes float pixels; such a model cannot be run without it.</summary>
    public PixelNormalization? Normalization { get; init; }
}

/// <summary>A float pixel is (byte / 255 - mean) / standard deviation, channel by channel; one value serves all channels.</summary>
/// <param name="Mean">From 0 to 1.</param>
/// <param name="StandardDeviation">Above 0.</param>
public sealed record PixelNormalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Bytes become 0 to 1.</summary>
    public static readonly PixelNormalization ZeroToOne = new([0], [1]);

    /// <summary>The value of each byte, [channels, 256].</summary>
    internal float[] Table(int channels)
    {
        if (Mean.Count != 1 && Mean.Count != channels || StandardDeviation.Count != 1 && StandardDeviation.Count != channels || StandardDeviation.Any(s => !(s > 0)))
            throw new ModelException($"The normalisation has {Mean.Count} mean(s) and {StandardDeviation.Count} standard deviation(s); expected 1 or {channels} of each, and deviations above 0.");
        var table = new float[channels * 256];
        for (var i = 0; i < table.Length; i++)
        {
            var channel = i / 256;
            table[i] = (i % 256 / 255f - Mean[Mean.Count == 1 ? 0 : channel]) / StandardDeviation[StandardDeviation.Count == 1 ? 0 : channel];
        }
        return table;
    }
}
