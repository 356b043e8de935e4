using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.TorchSharp.Graphs;
using Parameter = TorchSharp.Modules.Parameter;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>The optimizers that TorchSharp lacks, or has in another form: ours as a graph of ONNX operators, run like any other.</summary>
internal sealed class GraphUpdateOptimizer : ITorchOptimizer
{
    private readonly GraphOptimizer _optimizer;
    private readonly TorchGraph _graph;
    private readonly Parameter[] _weights;
    private readonly Func<int, Tensor?> _gradients;
    private readonly int[] _gradientPlaces;
    private readonly int[] _weightOutputs;
    private readonly int[] _scalarPlaces;
    private readonly Tensor[] _scalars;
    private readonly Slot[] _slots;

    public GraphUpdateOptimizer(OptimizerOptions options, ParameterInfo[] parameters, TorchState state, TorchCompiler compiler)
    {
        (_weights, _gradients) = (state.Weights, state.Gradient);
        var graph = new Graph("update");
        _optimizer = new GraphOptimizer(graph, options);
        var outputs = parameters.Zip(_weights, (info, weight) => Append(graph, info, TensorShape.Of(weight.shape))).ToArray();
        _graph = compiler.Compile(new Model(graph), [.. graph.Outputs.Select(o => o.Name)]);

        _gradientPlaces = [.. parameters.Select(p => _graph.PlaceOf(GradientOf(p)))];
        _weightOutputs = [.. outputs.Select(o => _graph.PlaceOf(o.NewWeight))];
        _scalarPlaces = [.. _optimizer.ScalarInputs.Select(_graph.PlaceOf)];
        _scalars = [.. _scalarPlaces.Select(_ => torch.zeros([], ScalarType.Float32, _weights[0].device))];
        _slots = [.. outputs.Zip(_weights).SelectMany(p => p.First.State.Select(s => new Slot($"{p.First.Weight}/{s.Slot}", _graph.PlaceOf(s.Input), _graph.PlaceOf(s.Output), torch.zeros_like(p.Second, requires_grad: false))))];
        for (var i = 0; i < _weights.Length; i++) _graph.Give(_graph.PlaceOf(parameters[i].Name), _weights[i]);
        for (var i = 0; i < _scalars.Length; i++) _graph.Give(_scalarPlaces[i], _scalars[i]);
        foreach (var slot in _slots) _graph.Give(slot.Input, slot.Tensor);
    }

    public IReadOnlyList<(string Name, Tensor Tensor)> State => [.. _slots.Select(s => (s.Name, s.Tensor))];

    public void Step(in StepSettings settings)
    {
        using var _ = torch.no_grad();
        Span<float> values = stackalloc float[_scalars.Length];
        _optimizer.WriteScalars(settings with { GradientScale = 1 }, values);
        for (var i = 0; i < values.Length; i++) _scalars[i].SetAll(values[i]);
        for (var i = 0; i < _weights.Length; i++) _graph.Give(_gradientPlaces[i], _gradients(i)!);
        _graph.Run();
        for (var i = 0; i < _weights.Length; i++) _weights[i].CopyFrom(_graph[_weightOutputs[i]]);
        foreach (var slot in _slots) slot.Tensor.CopyFrom(_graph[slot.Output]);
        _graph.Clear();
    }

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        foreach (var slot in _slots) HostCopy.Write(state, slot.Name, slot.Tensor);
    }

    public void Dispose()
    {
        foreach (var tensor in _scalars.Concat(_slots.Select(s => s.Tensor))) tensor.Dispose();
        _graph.Dispose();
    }

    private GraphOptimizerOutputs Append(Graph graph, in ParameterInfo parameter, TensorShape shape)
    {
        foreach (var input in new[] { parameter.Name, GradientOf(parameter) }) graph.Inputs.Add(new Value(input, new TensorType(ElementType.Float, shape)));
        return _optimizer.Append(parameter, GradientOf(parameter), shape);
    }

    private static string GradientOf(in ParameterInfo parameter) => $"gradient/{parameter.Name}";

    /// <param name="Name">What it is saved under.</param>
    /// <param name="Input">Where the graph takes it.</param>
    /// <param name="Output">Where the graph gives the next.</param>
    /// <param name="Tensor">Its values, in place.</param>
    private sealed record Slot(string Name, int Input, int Output, Tensor Tensor);
}
