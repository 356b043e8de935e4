using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Lowering;

/// <summary>Writes one LSTM, GRU or RNN node as the steps it stands for: one product for all inputs of a direction, then one a step for its state [1, batch, hidden].</summary>
internal sealed class RecurrentUnroller(Node node, GraphWriter writer, long time)
{
    private readonly int _directions = node.String("direction") == "bidirectional" ? 2 : 1;

    /// <summary>The state between two steps; null stands for zeros.</summary>
    private sealed record State(string? Hidden, string? Cell);

    public void Write()
    {
        var weights = Directions(node.Inputs[1], drop: true);
        var recurrent = Directions(node.Inputs[2], drop: true);
        var biases = node.Input(3) is { } bias ? Directions(bias, drop: true) : null;
        var hidden = node.Input(5) is { } h ? Directions(h, drop: false) : null;
        var cells = node.Input(6) is { } c ? Directions(c, drop: false) : null;

        var (all, last) = (new List<string>(), new List<State>());
        for (var d = 0; d < _directions; d++)
        {
            var backwards = d == 1 || node.String("direction") == "reverse";
            var (inputBias, stateBias) = biases is null ? (null, null) : Halves(biases[d]);
            var step = StepOf(recurrent[d], stateBias);
            var state = new State(hidden?[d], cells?[d]);
            var inputs = Inputs(weights[d], inputBias, node.OpType == Ops.GRU && node.Int("linear_before_reset", 0) != 0 ? null : stateBias);
            var states = new string[time];
            foreach (var t in backwards ? Enumerable.Range(0, (int)time).Reverse() : Enumerable.Range(0, (int)time))
            {
                state = step(inputs[t], state);
                states[t] = state.Hidden!;
            }
            all.Add(writer.Op(Ops.Unsqueeze, Concat(states, 0), writer.Constant(1)));
            last.Add(state);
        }
        Give(0, () => Concat(all, 1));
        Give(1, () => Concat([.. last.Select(s => s.Hidden!)], 0));
        Give(2, () => Concat([.. last.Select(s => s.Cell!)], 0));
    }

    private Func<string, State, State> StepOf(string recurrent, string? stateBias) => node.OpType switch
    {
        Ops.LSTM => Lstm(Transposed(recurrent)),
        Ops.GRU when node.Int("linear_before_reset", 0) != 0 => GruResettingProduct(Transposed(recurrent), stateBias),
        Ops.GRU => GruResettingState(recurrent),
        _ => Rnn(Transposed(recurrent)),
    };

    /// <summary>Gates i, o, f, c of x·Wᵀ + h·Rᵀ + b: C = σ(f)⊙C + σ(i)⊙tanh(c), h = σ(o)⊙tanh(C).</summary>
    private Func<string, State, State> Lstm(string recurrent) => (input, state) =>
    {
        var gates = Parts(Sum(input, Product(state.Hidden, recurrent)), 4);
        var written = writer.Op(Ops.Mul, Sigmoid(gates[0]), writer.Op(Ops.Tanh, gates[3]));
        var cell = state.Cell is null ? written : writer.Op(Ops.Add, writer.Op(Ops.Mul, Sigmoid(gates[2]), state.Cell), written);
        return new State(writer.Op(Ops.Mul, Sigmoid(gates[1]), writer.Op(Ops.Tanh, cell)), cell);
    };

    /// <summary>linear_before_reset 0: the new state is tanh(x·Whᵀ + (r⊙h)·Rhᵀ + b).</summary>
    private Func<string, State, State> GruResettingState(string recurrent)
    {
        var size = HiddenSize;
        var split = writer.Add(Ops.Split, [recurrent, writer.Constant(2 * size, size)], 2, n => n.Set("axis", 0));
        var (forGates, forNew) = (Transposed(split.Outputs[0]), Transposed(split.Outputs[1]));
        return (input, state) =>
        {
            var parts = writer.Add(Ops.Split, [input, writer.Constant(2 * size, size)], 2, n => n.Set("axis", 2)).Outputs;
            var gates = Parts(Sum(parts[0], Product(state.Hidden, forGates)), 2);
            var reset = state.Hidden is null ? null : writer.Op(Ops.Mul, Sigmoid(gates[1]), state.Hidden);
            return Mixed(gates[0], writer.Op(Ops.Tanh, Sum(parts[1], Product(reset, forNew))), state);
        };
    }

    /// <summary>linear_before_reset 1: the new state is tanh(x·Whᵀ + bw + r⊙(h·Rhᵀ + br)).</summary>
    private Func<string, State, State> GruResettingProduct(string recurrent, string? bias) => (input, state) =>
    {
        var fromInput = Parts(input, 3);
        var product = Product(state.Hidden, recurrent);
        var known = product is not null && bias is not null ? writer.Op(Ops.Add, product, bias) : product ?? bias;
        var fromState = known is null ? null : Parts(known, 3);
        var reset = fromState is null ? null : writer.Op(Ops.Mul, Sigmoid(Sum(fromInput[1], fromState[1])), fromState[2]);
        return Mixed(Sum(fromInput[0], fromState?[0]), writer.Op(Ops.Tanh, Sum(fromInput[2], reset)), state);
    };

    /// <summary>h = tanh(x·Wᵀ + h·Rᵀ + b).</summary>
    private Func<string, State, State> Rnn(string recurrent) => (input, state) => new State(writer.Op(Ops.Tanh, Sum(input, Product(state.Hidden, recurrent))), null);

    /// <summary>h = (1 − z)⊙new + z⊙h.</summary>
    private State Mixed(string gate, string @new, State state)
    {
        var z = Sigmoid(gate);
        var taken = writer.Op(Ops.Mul, writer.Op(Ops.Sub, writer.Constant(1f), z), @new);
        return new State(state.Hidden is null ? taken : writer.Op(Ops.Add, taken, writer.Op(Ops.Mul, z, state.Hidden)), null);
    }

    /// <summary>What the input adds to the gates at each step, [1, batch, gates·hidden].</summary>
    private IReadOnlyList<string> Inputs(string weights, params string?[] biases)
    {
        var projected = writer.Op(Ops.MatMul, node.Inputs[0], Transposed(weights));
        foreach (var bias in biases.OfType<string>()) projected = writer.Op(Ops.Add, projected, bias);
        return [.. writer.Add(Ops.Split, [projected, writer.Constant(Enumerable.Repeat(1L, (int)time).ToArray())], (int)time, n => n.Set("axis", 0)).Outputs];
    }

    /// <summary>A tensor's part for each direction, with or without the axis of directions.</summary>
    private string[] Directions(string value, bool drop)
    {
        string[] parts = _directions == 1 ? [value] : [.. writer.Add(Ops.Split, [value, writer.Constant(1, 1)], 2, n => n.Set("axis", 0)).Outputs];
        return drop ? [.. parts.Select(p => writer.Op(Ops.Squeeze, p, writer.Constant(0)))] : parts;
    }

    private (string, string) Halves(string bias)
    {
        var size = Gates * HiddenSize;
        var halves = writer.Add(Ops.Split, [bias, writer.Constant(size, size)], 2, n => n.Set("axis", 0)).Outputs;
        return (halves[0], halves[1]);
    }

    private IReadOnlyList<string> Parts(string value, int count) =>
        [.. writer.Add(Ops.Split, [value, writer.Constant(Enumerable.Repeat(HiddenSize, count).ToArray())], count, n => n.Set("axis", -1L)).Outputs];

    private int Gates => node.OpType switch { Ops.LSTM => 4, Ops.GRU => 3, _ => 1 };

    private long HiddenSize => node.Int("hidden_size", 0) is > 0 and var size
        ? size
        : throw new TrainingException($"Node '{node.DisplayName}': {node.OpType} has no attribute 'hidden_size'.");

    private string? Product(string? state, string recurrent) => state is null ? null : writer.Op(Ops.MatMul, state, recurrent);

    private string Sum(string value, string? other) => other is null ? value : writer.Op(Ops.Add, value, other);

    private string Sigmoid(string value) => writer.Op(Ops.Sigmoid, value);

    private string Transposed(string matrix) => writer.Op(Ops.Transpose, n => n.Set("perm", [1L, 0L]), matrix);

    private string Concat(IReadOnlyList<string> values, long axis) => values.Count == 1 ? values[0] : writer.Op(Ops.Concat, n => n.Set("axis", axis), values);

    /// <summary>Lets a value be an output of the node, if it has that one.</summary>
    private void Give(int output, Func<string> value)
    {
        if (node.Output(output) is { } name) writer.Graph.Nodes.Add(new Node(Ops.Identity, [value()], [name], writer.Fresh($"{node.DisplayName}/{output}")));
    }
}
