namespace OnnxPipeline.Datasets;

/// <summary>What a table's target is.</summary>
public enum TableTask
{
    /// <summary>Its values are names of classes.</summary>
    Classification,

    /// <summary>Its values are numbers.</summary>
    Regression,
}
