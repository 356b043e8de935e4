namespace OnnxPipeline.Models.Zoo;

/// <summary>Options of the models of tables with hidden layers.</summary>
public abstract record DeepTabularOptions : TabularOptions
{
    /// <summary>Units of each hidden layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [200, 100];

    /// <summary>Whether each hidden layer has batch normalisation.</summary>
    public bool BatchNorm { get; init; } = true;
}
