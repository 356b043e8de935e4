namespace OnnxPipeline.Export.Samples;

/// <summary>Inputs that no dataset has, which a model must survive.</summary>
/// <param name="Name">What they are, for example "every pixel 255".</param>
/// <param name="Trained">As the trained model takes them.</param>
/// <param name="Deployed">As the deployed model takes them.</param>
internal sealed record HostileSamples(string Name, SampleBatch Trained, SampleBatch Deployed);
