namespace OnnxPipeline.Training.Loop;

/// <summary>Tells no one.</summary>
internal sealed class SilentObserver : ITrainingObserver;
