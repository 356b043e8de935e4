using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Probes;

/// <summary>
/// Looks into a model while it is trained, whatever engine trains it: takes the engine's weights and runs them on the first training
/// samples, unaugmented and without dropout, so that the figures of two epochs differ by the weights alone.
/// </summary>
public sealed class Prober : IDisposable
{
    /// <summary>Enough for steady means.</summary>
    private const int Samples = 256;

    private readonly ProbeGraph _graph;
    private readonly InferenceSession _session;
    private readonly BatchLoader _batches;
    private readonly RunOptions _run = new();

    /// <param name="model">The model in training.</param>
    /// <param name="options">Its loss, frozen parameters and threads.</param>
    /// <param name="train">The samples that it is trained on.</param>
    /// <exception cref="TrainingException">The loss does not fit the model, or there is nothing to train.</exception>
    public Prober(Model model, TrainOptions options, DatasetSplit train)
    {
        _graph = ProbeGraph.Build(model, options);
        _session = SessionFactory.Create(_graph.Model.ToBytes(), new SessionSettings { Threads = options.Threads, FuseQuantized = false });
        _batches = new BatchLoader(train, new BatchOptions { BatchSize = Math.Min(Samples, train.Count), Prefetch = 0 });
    }

    /// <summary>Measures the weights that the engine trains with now.</summary>
    public ProbeFacts Measure(ITrainingEngine engine)
    {
        var state = engine.Capture().ToDictionary(t => t.Name);
        var owned = new List<IDisposable>();
        try
        {
            foreach (var batch in _batches.Epoch(0)) return Measure(batch, state, owned);
            throw new InvalidOperationException("There are no training samples to probe with.");
        }
        finally
        {
            foreach (var value in owned) value.Dispose();
        }
    }

    public void Dispose()
    {
        _batches.Dispose();
        _session.Dispose();
        _run.Dispose();
    }

    private ProbeFacts Measure(Batch batch, Dictionary<string, Initializer> state, List<IDisposable> owned)
    {
        var inputs = new BatchInputs(batch);
        owned.Add(inputs);
        inputs.Add(TrainingGraph.LossGradient, 1f / batch.Count);
        foreach (var mask in _graph.Training.Masks) inputs.Add(Ones(mask.Input, [batch.Count, .. mask.Shape.Skip(1).Select(d => d.Size!.Value)]));
        foreach (var parameter in _graph.Training.Parameters) inputs.Add(NativeTensor.CopyOf(CapturedState.Find(state, parameter.Name, parameter.Length)));

        foreach (var range in _graph.Training.Statistics.Where(s => s.IsRead)) inputs.Add(NativeTensor.CopyOf(CapturedState.Find(state, range.Running, 1)));

        var taken = inputs.Values.Where(v => _session.InputMetadata.ContainsKey(v.Key)).ToDictionary();
        string[] outputs = [.. _session.OutputNames];
        using var results = _session.Run(_run, taken, outputs);
        ReadOnlySpan<float> Figures(string name) => Array.IndexOf(outputs, name) is >= 0 and var i ? results[i].GetTensorDataAsSpan<float>() : [];
        return Read(Figures(ProbeGraph.LayerFigures), Figures(ProbeGraph.ParameterFigures));
    }

    private ProbeFacts Read(ReadOnlySpan<float> layers, ReadOnlySpan<float> parameters)
    {
        var layerProbes = new List<LayerProbe>();
        for (var i = 0; i < layers.Length / 3; i++)
        {
            var (mean, square) = (layers[3 * i], layers[3 * i + 2]);
            layerProbes.Add(new LayerProbe(_graph.Layers[i], mean, layers[3 * i + 1], Math.Sqrt(Math.Max(0, square - (double)mean * mean))));
        }
        var parameterProbes = new List<ParameterProbe>();
        var squares = 0.0;
        for (var i = 0; i < parameters.Length / 3; i++)
        {
            parameterProbes.Add(new ParameterProbe(_graph.Training.Parameters[i].Name, parameters[3 * i], parameters[3 * i + 1]));
            squares += parameters[3 * i + 2];
        }
        return new ProbeFacts(layerProbes, parameterProbes, Math.Sqrt(squares));
    }

    private static NativeTensor Ones(string name, long[] dims)
    {
        var tensor = new NativeTensor(name, dims);
        tensor.Span.Fill(1);
        return tensor;
    }
}
