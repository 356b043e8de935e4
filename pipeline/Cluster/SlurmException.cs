namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>A command of Slurm is not there, or refused what it was asked.</summary>
internal sealed class SlurmException(string message, Exception? inner = null) : Exception(message, inner);
