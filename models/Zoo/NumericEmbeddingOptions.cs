namespace OnnxPipeline.Models.Zoo;

/// <summary>A perceptron that sees each number as many: its place among quantiles, and sines and cosines of it at learnt frequencies.</summary>
public sealed record NumericEmbeddingOptions : DeepTabularOptions
{
    public NumericEmbeddingOptions()
    {
        Hidden = [512, 512, 512];
        BatchNorm = false;
        Dropout = 0.1;
    }

    /// <summary>Bins of the piecewise-linear encoding of each numeric column, by quantiles of the training part; 0 for no such encoding.</summary>
    public int Bins { get; init; } = 32;

    /// <summary>Learnt frequencies of each numeric column, each giving a sine and a cosine; 0 for none.</summary>
    public int Frequencies { get; init; } = 16;

    /// <summary>Standard deviation of the first frequencies, in periods a standard deviation of the column.</summary>
    public double FrequencyScale { get; init; } = 0.5;

    /// <summary>Numbers that a number becomes: units of each numeric column's own linear layer over its encodings.</summary>
    public int NumberSize { get; init; } = 24;
}
