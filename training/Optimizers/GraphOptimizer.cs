using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// The optimizer as standard ONNX ops, for providers whose weights are not in CPU memory and for graphs that train elsewhere.
/// Its arithmetic is that of the fused <see cref="Optimizer"/>. What changes from step to step comes in as scalar inputs.
/// </summary>
public sealed class GraphOptimizer
{
    private const string LearningRate = "learning_rate";
    private const string GradientScale = "gradient_scale";
    private const string BiasCorrection1 = "bias_correction1";
    private const string RootBiasCorrection2 = "root_bias_correction2";

    private readonly Graph _graph;
    private readonly OptimizerOptions _options;
    private readonly string _prefix;
    private readonly List<string> _scalarInputs = [];

    /// <summary>Adds the scalar inputs to the graph. Every name added to the graph begins with <paramref name="prefix"/> and a slash.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public GraphOptimizer(Graph graph, OptimizerOptions options, string prefix = "optimizer")
    {
        OptimizerCheck.ThrowIfInvalid(options);
        Slots = OptimizerSlots.Of(options);
        (_graph, _options, _prefix) = (graph, options, prefix);
        string[] scalars = options is AdamOptions ? [LearningRate, GradientScale, BiasCorrection1, RootBiasCorrection2] : [LearningRate, GradientScale];
        foreach (var scalar in scalars)
        {
            _scalarInputs.Add(Named(scalar));
            graph.Inputs.Add(new Value(Named(scalar), ElementType.Float));
        }
    }

    /// <summary>Names of the float scalar inputs; <see cref="WriteScalars"/> gives their values in this order.</summary>
    public IReadOnlyList<string> ScalarInputs => _scalarInputs;

    /// <summary>The state tensors of each parameter.</summary>
    public IReadOnlyList<string> Slots { get; }

    /// <summary>Writes the values of <see cref="ScalarInputs"/> for a step.</summary>
    public void WriteScalars(in StepSettings settings, Span<float> values)
    {
        values[0] = (float)settings.LearningRate;
        values[1] = (float)settings.GradientScale;
        if (_options is not AdamOptions adam) return;
        var correction = BiasCorrection.Of(adam, settings.Step);
        values[2] = (float)correction.First;
        values[3] = (float)correction.RootSecond;
    }

    /// <summary>
    /// Appends the nodes that compute one parameter's next weight and state. State inputs, of the weight's shape and zero before
    /// the first step, and all outputs are added to the graph's.
    /// </summary>
    /// <param name="weight">The value that holds the weight: an input of the graph.</param>
    /// <param name="gradient">The value that holds its gradient.</param>
    /// <param name="shape">The shape of both.</param>
    /// <param name="decays">Whether weight decay applies to it.</param>
    public GraphOptimizerOutputs Append(string weight, string gradient, TensorShape shape, bool decays)
    {
        var type = new TensorType(ElementType.Float, shape);
        var nodes = new ParameterNodes(this, weight);
        var state = Slots.Select(slot => new GraphOptimizerState(slot, Named($"{weight}/{slot}"), Named($"{weight}/new_{slot}"))).ToArray();
        _graph.Inputs.AddRange(state.Select(s => new Value(s.Input, type)));

        var decay = decays ? _options.WeightDecay : 0;
        var scaled = nodes.Add("Mul", gradient, Named(GradientScale));
        var output = _options switch
        {
            AdamOptions adam => AppendAdam(nodes, adam, weight, scaled, decay, state),
            AdagradOptions adagrad => AppendAdagrad(nodes, adagrad, weight, scaled, decay, state[0]),
            RmsPropOptions rmsProp => AppendRmsProp(nodes, rmsProp, weight, scaled, decay, state),
            LionOptions lion => AppendLion(nodes, lion, weight, scaled, decay, state[0]),
            SgdOptions sgd => AppendSgd(nodes, sgd, weight, scaled, decay, state),
            _ => throw OptimizerSlots.Unknown(_options),
        };

        _graph.Outputs.Add(new Value(output, type));
        _graph.Outputs.AddRange(state.Select(s => new Value(s.Output, type)));
        return new GraphOptimizerOutputs(weight, output, state);
    }

    private string AppendSgd(ParameterNodes nodes, SgdOptions sgd, string weight, string gradient, double decay, GraphOptimizerState[] state)
    {
        gradient = WithDecay(nodes, weight, gradient, decay);
        var direction = gradient;
        if (sgd.Momentum != 0)
        {
            var momentum = Constant("momentum", sgd.Momentum);
            var velocity = nodes.AddAs(state[0].Output, "Add", nodes.Add("Mul", momentum, state[0].Input), gradient);
            direction = sgd.Nesterov ? nodes.Add("Add", gradient, nodes.Add("Mul", momentum, velocity)) : velocity;
        }
        return nodes.AddAs(NewWeight(weight), "Sub", weight, nodes.Add("Mul", Named(LearningRate), direction));
    }

    private string AppendAdam(ParameterNodes nodes, AdamOptions adam, string weight, string gradient, double decay, GraphOptimizerState[] state)
    {
        if (adam is not AdamWOptions) gradient = WithDecay(nodes, weight, gradient, decay);
        var mean = Interpolate(nodes, state[0], gradient, Constant("rate1", 1 - adam.Beta1));
        var square = Interpolate(nodes, state[1], nodes.Add("Mul", gradient, gradient), Constant("rate2", 1 - adam.Beta2));
        var root = nodes.Add("Div", nodes.Add("Sqrt", square), Named(RootBiasCorrection2));
        var direction = nodes.Add("Div", mean, nodes.Add("Add", root, Constant("epsilon", adam.Epsilon)));
        var kept = adam is AdamWOptions ? Decayed(nodes, weight, decay) : weight;
        var stepSize = Shared("step_size", "Div", Named(LearningRate), Named(BiasCorrection1));
        return nodes.AddAs(NewWeight(weight), "Sub", kept, nodes.Add("Mul", stepSize, direction));
    }

    private string AppendAdagrad(ParameterNodes nodes, AdagradOptions adagrad, string weight, string gradient, double decay, GraphOptimizerState state)
    {
        gradient = WithDecay(nodes, weight, gradient, decay);
        var sum = nodes.AddAs(state.Output, "Add", state.Input, nodes.Add("Mul", gradient, gradient));
        var total = adagrad.InitialAccumulator == 0 ? sum : nodes.Add("Add", sum, Constant("initial_accumulator", adagrad.InitialAccumulator));
        var direction = nodes.Add("Div", gradient, nodes.Add("Add", nodes.Add("Sqrt", total), Constant("epsilon", adagrad.Epsilon)));
        return nodes.AddAs(NewWeight(weight), "Sub", weight, nodes.Add("Mul", Named(LearningRate), direction));
    }

    private string AppendRmsProp(ParameterNodes nodes, RmsPropOptions rmsProp, string weight, string gradient, double decay, GraphOptimizerState[] state)
    {
        gradient = WithDecay(nodes, weight, gradient, decay);
        var rate = Constant("rate", 1 - rmsProp.Alpha);
        var variance = Interpolate(nodes, state[0], nodes.Add("Mul", gradient, gradient), rate);
        if (rmsProp.Centered)
        {
            var mean = Interpolate(nodes, state[1], gradient, rate);
            variance = nodes.Add("Max", nodes.Add("Sub", variance, nodes.Add("Mul", mean, mean)), Constant("zero", 0));
        }
        var direction = nodes.Add("Div", gradient, nodes.Add("Add", nodes.Add("Sqrt", variance), Constant("epsilon", rmsProp.Epsilon)));
        if (rmsProp.Momentum != 0)
            direction = nodes.AddAs(state[^1].Output, "Add", nodes.Add("Mul", Constant("momentum", rmsProp.Momentum), state[^1].Input), direction);
        return nodes.AddAs(NewWeight(weight), "Sub", weight, nodes.Add("Mul", Named(LearningRate), direction));
    }

    private string AppendLion(ParameterNodes nodes, LionOptions lion, string weight, string gradient, double decay, GraphOptimizerState state)
    {
        var difference = nodes.Add("Sub", gradient, state.Input);
        var direction = nodes.Add("Sign", nodes.Add("Add", state.Input, nodes.Add("Mul", Constant("rate1", 1 - lion.Beta1), difference)));
        nodes.AddAs(state.Output, "Add", state.Input, nodes.Add("Mul", Constant("rate2", 1 - lion.Beta2), difference));
        return nodes.AddAs(NewWeight(weight), "Sub", Decayed(nodes, weight, decay), nodes.Add("Mul", Named(LearningRate), direction));
    }

    private static string Interpolate(ParameterNodes nodes, GraphOptimizerState slot, string towards, string rate) =>
        nodes.AddAs(slot.Output, "Add", slot.Input, nodes.Add("Mul", rate, nodes.Add("Sub", towards, slot.Input)));

    /// <summary>What decoupled weight decay leaves of the weight.</summary>
    private string Decayed(ParameterNodes nodes, string weight, double decay) => decay == 0
        ? weight
        : nodes.Add("Sub", weight, nodes.Add("Mul", weight, Shared("decay_share", "Mul", Named(LearningRate), Constant("weight_decay", decay))));

    private string WithDecay(ParameterNodes nodes, string weight, string gradient, double decay) =>
        decay == 0 ? gradient : nodes.Add("Add", gradient, nodes.Add("Mul", Constant("weight_decay", decay), weight));

    private string NewWeight(string weight) => Named($"{weight}/new_weight");

    private string Named(string name) => $"{_prefix}/{name}";

    /// <summary>A scalar constant that all parameters share.</summary>
    private string Constant(string name, double value)
    {
        if (!_graph.Initializers.Contains(Named(name))) _graph.Initializers.Add(Initializer.Scalar(Named(name), (float)value));
        return Named(name);
    }

    /// <summary>A scalar that all parameters share and the graph computes once.</summary>
    private string Shared(string name, string op, params string[] inputs)
    {
        if (_graph.Nodes.All(n => n.Output(0) != Named(name))) _graph.Nodes.Add(new Node(op, inputs, [Named(name)], Named(name)));
        return Named(name);
    }

    /// <summary>Appends nodes with names of one parameter.</summary>
    private sealed class ParameterNodes(GraphOptimizer owner, string weight)
    {
        private int _count;

        public string Add(string op, params string[] inputs) => AddAs(owner.Named($"{weight}/{_count++}"), op, inputs);

        public string AddAs(string output, string op, params string[] inputs)
        {
            owner._graph.Nodes.Add(new Node(op, inputs, [output], output));
            return output;
        }
    }
}
