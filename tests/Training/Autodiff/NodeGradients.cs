using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Tests;

/// <summary>A reference case made differentiable: loss = Σ output · cotangent, with the gradient of each float input an output.</summary>
internal sealed class NodeGradients : IDisposable
{
    private const string Loss = "test.loss";
    private readonly InferenceSession _session;
    private readonly IReadOnlyDictionary<string, string> _gradients;

    public NodeGradients(ReferenceCase reference)
    {
        Reference = reference;
        var model = reference.ToModel();
        var graph = model.Graph;
        graph.Outputs.Clear();
        RecurrentLowering.Apply(model);
        BatchNormLowering.Apply(model, new HashSet<string>());
        var writer = new GraphWriter(model);
        var cotangent = writer.Shared(Initializer.Create<float>("", reference.Cotangent, reference.Outputs[0].Shape));
        var weighted = writer.Op(Ops.Mul, reference.Outputs[0].Name, cotangent);
        graph.Nodes.Add(new Node(Ops.ReduceSum, [weighted], [Loss]).Set("keepdims", 0));
        _gradients = Differentiator.AddGradients(model, Loss, [.. reference.Gradients.Keys]);

        graph.Outputs.AddRange(_gradients.Values.Prepend(reference.Outputs[0].Name).Distinct().Select(name => new Value(name, new TensorType(ElementType.Float, null))));
        _session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
    }

    public ReferenceCase Reference { get; }

    /// <summary>The gradients that autodiff gives, by input.</summary>
    public IReadOnlyDictionary<string, float[]> Gradients()
    {
        var outputs = Run(Reference.GraphInputs.ToDictionary(i => i.Name, i => i.Floats));
        return _gradients.ToDictionary(g => g.Key, g => outputs[g.Value]);
    }

    /// <summary>Central finite differences of the loss along each element of an input; the loss is summed in double.</summary>
    public double[] FiniteDifferences(string input, float step)
    {
        var values = Reference.GraphInputs.ToDictionary(i => i.Name, i => (float[])i.Floats.Clone());
        var moved = values[input];
        var slopes = new double[moved.Length];
        for (var i = 0; i < moved.Length; i++)
        {
            var at = moved[i];
            moved[i] = at + step;
            var (high, above) = (moved[i], LossOf(values));
            moved[i] = at - step;
            var (low, below) = (moved[i], LossOf(values));
            moved[i] = at;
            slopes[i] = (above - below) / ((double)high - low);
        }
        return slopes;
    }

    public void Dispose() => _session.Dispose();

    private double LossOf(IReadOnlyDictionary<string, float[]> values) =>
        Run(values)[Reference.Outputs[0].Name].Zip(Reference.Cotangent, (y, w) => (double)y * w).Sum();

    private Dictionary<string, float[]> Run(IReadOnlyDictionary<string, float[]> values)
    {
        using var options = new RunOptions();
        var inputs = values.ToDictionary(v => v.Key, v => OrtValue.CreateTensorValueFromMemory(v.Value, Reference.Input(v.Key).Shape));
        var names = _session.OutputNames.ToArray();
        using var results = _session.Run(options, inputs, names);
        foreach (var value in inputs.Values) value.Dispose();
        return names.Zip(results, (name, value) => (name, data: value.GetTensorDataAsSpan<float>().ToArray())).ToDictionary(p => p.name, p => p.data);
    }
}
