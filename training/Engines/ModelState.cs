using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Engines;

/// <summary>The weights, their gradients and the running statistics of a model in training, in native memory.</summary>
internal sealed class ModelState : IDisposable
{
    public ModelState(Model source, TrainingGraph graph)
    {
        Weights = [.. graph.Parameters.Select(p => Load(source, p.Name))];
        Gradients = [.. graph.Parameters.Select(p => new NativeTensor(p.Gradient, [.. p.Dims]))];
        Statistics = [.. graph.Statistics.Select(s => Load(source, s.Running))];
        BatchStatistics = [.. graph.Statistics.Zip(Statistics, (s, running) => new NativeTensor(s.Batch, running.Dims))];
        Momenta = [.. graph.Statistics.Select(s => s.Momentum)];
    }

    public NativeTensor[] Weights { get; }

    public NativeTensor[] Gradients { get; }

    public NativeTensor[] Statistics { get; }

    public NativeTensor[] BatchStatistics { get; }

    private float[] Momenta { get; }

    /// <summary>What inference needs: the weights and the running statistics.</summary>
    public IEnumerable<NativeTensor> Persistent => Weights.Concat(Statistics);

    /// <summary>running = momentum·running + (1 − momentum)·batch, as ONNX defines it: with the population variance.</summary>
    public void UpdateStatistics()
    {
        for (var i = 0; i < Statistics.Length; i++)
        {
            var running = Statistics[i].Span;
            var batch = BatchStatistics[i].Span;
            var momentum = Momenta[i];
            for (var channel = 0; channel < running.Length; channel++) running[channel] = momentum * running[channel] + (1 - momentum) * batch[channel];
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Weights.Concat(Gradients).Concat(Statistics).Concat(BatchStatistics)) tensor.Dispose();
    }

    private static NativeTensor Load(Model source, string name) => NativeTensor.CopyOf(source.Graph.Initializers[name]);
}
