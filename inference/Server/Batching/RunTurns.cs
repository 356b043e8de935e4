namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Who may run on the machine: runs that take all of its cores, and runs of quick models, which take one core each.</summary>
internal sealed record RunTurns(Turns AllCores, Turns OneCore)
{
    public static RunTurns Of(BatchingOptions options) => new(new Turns(options.ConcurrentModels), new Turns(Environment.ProcessorCount));
}
