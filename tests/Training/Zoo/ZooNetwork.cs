using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>A model of the zoo in training, on the images or rows and the labels of reference/make_zoo.py and make_tabular.py.</summary>
internal sealed class ZooNetwork : IDisposable
{
    private readonly ZooReference _reference;
    private readonly TrainingGraph _graph;
    private readonly InferenceSession _session;

    public ZooNetwork(ZooReference reference, ModelOptions options)
    {
        _reference = reference;
        var model = ModelRegistry.Build(options, reference.Input, ZooReference.Classes, seed: 1);
        _graph = TrainingGraph.Build(model, loss: null);
        Weights = _graph.Parameters.Select(p => model.Graph.Initializers[p.Name]).ToDictionary(w => w.Name, ZooNoise.Weight);
        Shapes = _graph.Parameters.ToDictionary(p => p.Name, p => p.Dims.ToArray());
        _session = SessionFactory.Create(_graph.Model.ToBytes(), new SessionSettings { Threads = 1 });
    }

    /// <summary>The trained weights, as they are computed with; a test may move them.</summary>
    public IReadOnlyDictionary<string, float[]> Weights { get; }

    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>The mean loss, the logits and the mean loss's gradients.</summary>
    public (double Loss, float[] Logits, IReadOnlyDictionary<string, float[]> Gradients) Run()
    {
        const int batch = ZooReference.Batch;
        var inputs = Weights.ToDictionary(w => w.Key, w => OrtValue.CreateTensorValueFromMemory(w.Value, Shapes[w.Key]));
        foreach (var (name, value) in ZooNoise.Features(_reference.Input, batch)) inputs[name] = value;
        inputs[TrainingGraph.Labels] = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(0, batch).Select(i => (long)(i % ZooReference.Classes))], [batch]);
        inputs[TrainingGraph.LossGradient] = OrtValue.CreateTensorValueFromMemory([1f / batch], []);

        using var options = new RunOptions();
        string[] names = [_graph.Loss, _graph.Output, .. _graph.Parameters.Select(p => p.Gradient)];
        using var results = _session.Run(options, inputs, names);
        float[][] values = [.. results.Select(r => r.GetTensorDataAsSpan<float>().ToArray())];
        foreach (var input in inputs.Values) input.Dispose();
        return (values[0][0] / (double)batch, values[1], _graph.Parameters.Select((p, i) => (p.Name, values[i + 2])).ToDictionary());
    }

    public void Dispose() => _session.Dispose();
}
