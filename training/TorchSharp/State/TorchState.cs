using OnnxPipeline.Training.Lowering;
using OnnxPipeline.Training.TorchSharp.Graphs;
using Parameter = TorchSharp.Modules.Parameter;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>The weights and running statistics of a model in training. They change in place: a graph that was given one keeps it.</summary>
internal sealed class TorchState : IDisposable
{
    private readonly IReadOnlyList<RunningStatistic> _moving;
    private readonly Tensor?[] _gradients;

    public TorchState(Model source, TrainingGraph graph, torch.Device device)
    {
        Tensor Load(string name) => TorchTypes.Create(source.Graph.Initializers[name], device);
        _moving = graph.Statistics;
        WeightNames = [.. graph.Parameters.Select(p => p.Name)];
        StatisticNames = [.. graph.Statistics.Select(s => s.Running)];
        Weights = [.. WeightNames.Select(name => new Parameter(ChannelsLast.Where(device, Load(name))))];
        Statistics = [.. StatisticNames.Select(Load)];
        _gradients = new Tensor?[Weights.Length];
    }

    public string[] WeightNames { get; }

    public string[] StatisticNames { get; }

    public Parameter[] Weights { get; }

    public Tensor[] Statistics { get; }

    /// <summary>What inference needs: the weights and the running statistics, by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Persistent => WeightNames.Zip<string, Tensor>(Weights).Concat(StatisticNames.Zip(Statistics));

    /// <summary>The gradient of a weight; null while no backward pass has reached it.</summary>
    public Tensor? Gradient(int weight) => _gradients[weight] ??= Gradients.Of(Weights[weight]);

    /// <summary>Makes ready for the gradients of a new step.</summary>
    public void ClearGradients()
    {
        using var _ = torch.no_grad();
        for (var i = 0; i < _gradients.Length; i++) Gradient(i)?.SetZero();
    }

    /// <summary>running = momentum·running + (1 − momentum)·batch, as ONNX defines it: with the population variance.</summary>
    /// <param name="batch">The batch's own, in the order of <see cref="Statistics"/>.</param>
    public void UpdateStatistics(Func<int, Tensor> batch)
    {
        for (var i = 0; i < Statistics.Length; i++)
        {
            Statistics[i].MultiplyBy(_moving[i].Momentum);
            Statistics[i].Accumulate(batch(i), 1 - _moving[i].Momentum);
        }
    }

    /// <summary>The first weight that holds a NaN or an infinity; null when none does.</summary>
    public string? FirstNonFiniteWeight() => WeightNames.Where((_, i) => !TorchGraph.IsFinite(Weights[i])).FirstOrDefault();

    /// <summary>The first weight whose gradient holds a NaN or an infinity; null when none does.</summary>
    public string? FirstNonFiniteGradient() => WeightNames.Where((_, i) => !TorchGraph.IsFinite(Gradient(i))).FirstOrDefault();

    public void Dispose()
    {
        foreach (var tensor in Weights.Concat(Statistics).Concat(_gradients.OfType<Tensor>())) tensor.Dispose();
    }
}
