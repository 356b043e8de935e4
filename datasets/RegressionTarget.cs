namespace OnnxPipeline.Datasets;

/// <summary>What a regression predicts.</summary>
/// <param name="Name">The target column's heading.</param>
/// <param name="Mean">Over the training part.</param>
/// <param name="Std">The population's standard deviation over the training part; 0 where all are equal.</param>
public sealed record RegressionTarget(string Name, float Mean, float Std);
