namespace OnnxPipeline.Models.Zoo;

/// <summary>A model from an ONNX file, whoever made it, to be trained on with these data.</summary>
public sealed record OnnxModelOptions : ModelOptions
{
    /// <summary>The file. A relative path starts from the recipe's folder, or, given by --set, from the current one.</summary>
    public required string Path { get; init; }

    /// <summary>Whether its classifier gets fresh weights, one row a class of the data.</summary>
    public HeadChoice Head { get; init; }

    /// <summary>The node that classifies, or the weight it reads, by name; null to find the last one of Gemm, MatMul and Conv before the output.</summary>
    public string? HeadNode { get; init; }

    /// <summary>Height and width in pixels that images are brought to inside the model, for example "224x224"; null for the model's own, or the data's where it takes any.</summary>
    public string? Size { get; init; }

    /// <summary>The mean of each channel that its pixels were prepared with, on the scale 0 to 1, for example [0.485, 0.456, 0.406]; null for that of the data.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>The standard deviation of each channel, likewise, for example [0.229, 0.224, 0.225].</summary>
    public IReadOnlyList<double>? Std { get; init; }
}

/// <summary>What becomes of a model's classifier.</summary>
public enum HeadChoice
{
    /// <summary>It stays where it gives as many values as the data have classes, and is replaced where not.</summary>
    Auto,

    /// <summary>It is replaced.</summary>
    Replace,

    /// <summary>It stays.</summary>
    Keep,
}
