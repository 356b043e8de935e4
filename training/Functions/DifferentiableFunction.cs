using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Functions;

/// <summary>A function of several numbers with its gradient: one ONNX graph, its backward pass written by <see cref="Differentiator"/>, in plain ONNX Runtime.</summary>
public sealed class DifferentiableFunction : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly long[][] _dims;
    private readonly string[] _outputs;
    private readonly int[] _slots;

    /// <param name="model">A model whose inputs and one output are floats of one element each; it is left as it is.</param>
    /// <exception cref="TrainingException">It is not such a model; the message lists every problem.</exception>
    /// <exception cref="AutodiffException">An op has no gradient; all such nodes are listed.</exception>
    public DifferentiableFunction(Model model)
    {
        var types = ShapeInference.Infer(model);
        var inputs = model.Graph.RequiredInputs.ToArray();
        Check(model.Graph, inputs, types);
        Variables = [.. inputs.Select(i => i.Name)];
        _dims = [.. inputs.Select(i => Ones(types[i.Name]))];

        var trained = model.Clone();
        var graph = trained.Graph;
        var value = graph.Outputs[0].Name;
        var writer = new GraphWriter(trained);
        var seed = writer.Shared(Initializer.Create<float>("", [1f], Ones(types[value])));
        var gradients = Differentiator.AddGradients(trained, value, Variables, seed);

        // Two variables can share one gradient value; a graph output must be named once. One without a gradient does not matter to the function.
        var outputs = new List<string> { value };
        _slots = new int[Variables.Count];
        for (var i = 0; i < Variables.Count; i++)
        {
            if (!gradients.TryGetValue(Variables[i], out var gradient)) continue;
            _slots[i] = outputs.Count;
            outputs.Add(writer.Op(Ops.Identity, gradient));
        }
        _outputs = [.. outputs];
        graph.ValueInfos.Clear();
        graph.Outputs.AddRange(outputs.Skip(1).Select(name => new Value(name, ElementType.Float)));
        _session = SessionFactory.Create(trained.ToBytes(), new SessionSettings { Threads = 1 });
    }

    /// <summary>The names of the model's inputs, in order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>The function's value at a point.</summary>
    /// <param name="point">A number for each of <see cref="Variables"/>.</param>
    /// <param name="gradient">Takes the derivative by each of them.</param>
    /// <exception cref="ArgumentException">A length is not the number of variables.</exception>
    public float Evaluate(ReadOnlySpan<float> point, Span<float> gradient)
    {
        if (point.Length != Variables.Count || gradient.Length != Variables.Count)
            throw new ArgumentException($"The function has {Variables.Count} variables, but a point of {point.Length} and a gradient of {gradient.Length} numbers were given.");
        var inputs = new OrtValue[point.Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = OrtValue.CreateTensorValueFromMemory(new[] { point[i] }, _dims[i]);
        try
        {
            using var results = _session.Run(_options, Variables, inputs, _outputs);
            for (var i = 0; i < gradient.Length; i++) gradient[i] = _slots[i] == 0 ? 0 : results[_slots[i]].GetTensorDataAsSpan<float>()[0];
            return results[0].GetTensorDataAsSpan<float>()[0];
        }
        finally
        {
            foreach (var input in inputs) input.Dispose();
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static void Check(Graph graph, Value[] inputs, IReadOnlyDictionary<string, TensorType> types)
    {
        var problems = new List<string>();
        if (inputs.Length == 0) problems.Add("it has no input, so there is nothing to vary");
        if (graph.Outputs.Count != 1) problems.Add($"it has {graph.Outputs.Count} outputs, where one is expected");
        problems.AddRange(inputs.Select(v => ("input", v.Name)).Concat(graph.Outputs.Select(v => ("output", v.Name)))
            .Where(v => !types.TryGetValue(v.Name, out var type) || !IsOneFloat(type))
            .Select(v => $"its {v.Item1} '{v.Name}' is {(types.TryGetValue(v.Name, out var type) ? type.ToString() : "of an unknown type")}, where a float of one element is expected"));
        if (problems.Count > 0) throw new TrainingException($"The model '{graph.Name}' is no function to minimise: {string.Join("; ", problems)}.");
    }

    private static bool IsOneFloat(TensorType type) =>
        type is { Element: ElementType.Float, Shape: { } shape } && Enumerable.Range(0, shape.Rank).All(axis => shape[axis].Size == 1);

    private static long[] Ones(TensorType type) => [.. Enumerable.Repeat(1L, type.Shape!.Rank)];
}
