namespace OnnxPipeline.Training.LowRank;

/// <summary>
/// Trains low-rank changes of some weights in place of the weights: W + alpha/rank · (a product of two thin matrices). All else keeps its
/// value, batch normalisation's running statistics included. Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>Names of the weights to adapt, of Gemm, MatMul and Conv nodes, for example "layer4.*"; * stands for any characters, and what it takes in that cannot be adapted is left out.</summary>
    public IReadOnlyList<string> Match { get; init; } = ["*"];

    /// <summary>The rank of each change: the inner size of the product.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Each change counts alpha/rank times, so that another rank needs no other learning rate.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>The probability with which an element of what goes into a change is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Names of other parameters that are trained as they are, for example the head's, "fc.*". An adapter holds them whole.</summary>
    public IReadOnlyList<string> TrainAlso { get; init; } = [];
}
