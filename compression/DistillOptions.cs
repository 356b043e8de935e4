using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training;

namespace OnnxPipeline.Compression;

/// <summary>How a small model, the student, is trained with the help of a larger one, the teacher.</summary>
public sealed record DistillOptions
{
    /// <summary>The model that learns, with fresh weights.</summary>
    public required ModelOptions Student { get; init; }

    /// <summary>ONNX files of teachers, in training's or in deployed form; of several the logits are averaged. Empty for the model that the recipe trained.</summary>
    public IReadOnlyList<string> Teacher { get; init; } = [];

    /// <summary>The teacher's share of the loss, from 0 to 1; the rest is that of the labels.</summary>
    public double Alpha { get; init; } = 0.7;

    /// <summary>What logits of both are divided by, above 0. The higher, the more the teacher's small probabilities tell.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>Values inside both that are to come near each other; none by default. They need one teacher, not several.</summary>
    public IReadOnlyList<FeatureMatchOptions> Features { get; init; } = [];

    /// <summary>Share of the training samples, in [0, 1), drawn by seed, whose labels are left unread: the teacher alone says what they are.</summary>
    public double Unlabelled { get; init; }

    /// <summary>A folder or archive of images without labels, whatever its folders are called, brought to the data's size and channels: they join the student's training, and the teacher alone says what they are. Null for none.</summary>
    public string? UnlabelledImages { get; init; }

    /// <summary>How the student is trained; null for the recipe's own training.</summary>
    public TrainOptions? Train { get; init; }

    /// <summary>How many students are trained, by consecutive seeds, to tell how much of a difference is chance. The first is the result, whatever the others come to.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Whether each student is also trained without the teacher, for comparison.</summary>
    public bool Baseline { get; init; } = true;
}

/// <summary>A value of the teacher that one of the student's is to come near: the mean of squared differences is added to the loss.</summary>
public sealed record FeatureMatchOptions
{
    /// <summary>The name of a value in the teacher's graph, Float [batch, channels, …].</summary>
    public required string Teacher { get; init; }

    /// <summary>The name of a value in the student's, of the same sizes but for the channels; where these differ, a 1x1 projection is learnt, and dropped in the end.</summary>
    public required string Student { get; init; }

    /// <summary>What the mean squared difference is multiplied by, above 0.</summary>
    public double Weight { get; init; } = 1;
}
