using OnnxPipeline.Training;

namespace OnnxPipeline.Compression;

/// <summary>How a trained model is made smaller by leaving parts of it out.</summary>
public sealed record PruneOptions
{
    /// <summary>What is left out: whole channels, or single weights.</summary>
    public PruneMethodOptions Method { get; init; } = new ChannelPruneOptions();

    /// <summary>In how many rounds, and what is trained between them.</summary>
    public PruneScheduleOptions Schedule { get; init; } = new OneShotPruneOptions();

    /// <summary>The training after each round of pruning; its loss is by default that of the model's training. Null for none, but lottery then trains as the model was.</summary>
    public TrainOptions? FineTune { get; init; }

    /// <summary>
    /// How much worse the pruned model may be on the validation part, in points of accuracy, or in percent of the error for a
    /// regression. Pruning goes on until it is exceeded, and the last model within it is kept. Null for no limit.
    /// </summary>
    public double? MaxDrop { get; init; }

    /// <summary>Measures what pruning each layer alone costs, for the report. Null for not.</summary>
    public SensitivityOptions? Sensitivity { get; init; }
}

/// <summary>A scan of accuracy against amount, each layer pruned alone and nothing trained.</summary>
public sealed record SensitivityOptions
{
    /// <summary>Shares of a layer's channels or weights to leave out, each in (0, 1).</summary>
    public IReadOnlyList<double> Amounts { get; init; } = [0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>Validation samples that each is measured on, at most.</summary>
    public int Samples { get; init; } = 1000;
}
