using System.Globalization;
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
    private readonly List<Scalar> _scalars = [];

    /// <summary>Adds the scalar inputs to the graph. Every name added to the graph begins with <paramref name="prefix"/> and a slash.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public GraphOptimizer(Graph graph, OptimizerOptions options, string prefix = "optimizer")
    {
        OptimizerCheck.ThrowIfInvalid(options);
        _ = OptimizerSlots.Of(options);
        (_graph, _options, _prefix) = (graph, options, prefix);
        Input(LearningRate, settings => settings.LearningRate);
        Input(GradientScale, settings => settings.GradientScale);
        var adam = options is MuonOptions muon ? MuonSplit.AdamW(muon) : options as AdamOptions;
        if (adam is null) return;
        Input(BiasCorrection1, settings => BiasCorrection.Of(adam, settings.Step).First);
        Input(RootBiasCorrection2, settings => BiasCorrection.Of(adam, settings.Step).RootSecond);
    }

    /// <summary>Names of the float scalar inputs; <see cref="WriteScalars"/> gives their values in this order. Complete once every parameter is appended.</summary>
    public IReadOnlyList<string> ScalarInputs => [.. _scalars.Select(s => s.Name)];

    /// <summary>Writes the values of <see cref="ScalarInputs"/> for a step.</summary>
    public void WriteScalars(in StepSettings settings, Span<float> values)
    {
        for (var i = 0; i < _scalars.Count; i++) values[i] = (float)_scalars[i].Value(settings);
    }

    /// <summary>The gradient as it counts this step: 0 in epochs in which its parameter is not trained.</summary>
    public string WhileTrained(in ParameterInfo parameter, string gradient) => parameter.Pauses
        ? new ParameterNodes(this, $"{parameter.Name}/trained").Add("Mul", gradient, IsTrained(parameter))
        : gradient;

    /// <summary>
    /// Appends the nodes that compute one parameter's next weight and state. State inputs, of the weight's shape and zero before
    /// the first step, and all outputs are added to the graph's.
    /// </summary>
    /// <param name="parameter">The weight, by the name of the value that holds it: an input of the graph.</param>
    /// <param name="gradient">The value that holds its gradient.</param>
    /// <param name="shape">The shape of both.</param>
    public GraphOptimizerOutputs Append(ParameterInfo parameter, string gradient, TensorShape shape)
    {
        (var options, parameter) = MuonSplit.Resolve(_options, parameter);
        var weight = parameter.Name;
        var type = new TensorType(ElementType.Float, shape);
        var nodes = new ParameterNodes(this, weight);
        var state = OptimizerSlots.Of(options).Select(slot => new GraphOptimizerState(slot, Named($"{weight}/{slot}"), Named($"{weight}/new_{slot}"))).ToArray();
        _graph.Inputs.AddRange(state.Select(s => new Value(s.Input, type)));

        var rate = Rate(parameter);
        var decay = parameter.DecayBy(options);
        var scaled = nodes.Add("Mul", gradient, Named(GradientScale));
        var kept = weight;
        if (decay != 0 && DecayTerms.IsDecoupled(options)) kept = Decayed(nodes, weight, rate, decay);
        else if (decay != 0) scaled = nodes.Add("Add", scaled, nodes.Add("Mul", Constant("weight_decay", decay), weight));
        var change = options switch
        {
            AdamOptions adam => Adam(nodes, adam, rate, scaled, state),
            AdagradOptions adagrad => nodes.Add("Mul", rate, Adagrad(nodes, adagrad, scaled, state[0])),
            RmsPropOptions rmsProp => nodes.Add("Mul", rate, RmsProp(nodes, rmsProp, scaled, state)),
            LionOptions lion => nodes.Add("Mul", rate, Lion(nodes, lion, scaled, state[0])),
            SgdOptions sgd => nodes.Add("Mul", rate, Momentum(nodes, sgd.Momentum, sgd.Nesterov, scaled, state)),
            MuonOptions muon => nodes.Add("Mul", rate, Muon(nodes, muon, parameter, scaled, state, shape)),
            _ => throw OptimizerSlots.Unknown(options),
        };
        var output = nodes.AddAs(Named($"{weight}/new_weight"), "Sub", kept, change);

        _graph.Outputs.Add(new Value(output, type));
        _graph.Outputs.AddRange(state.Select(s => new Value(s.Output, type)));
        return new GraphOptimizerOutputs(weight, output, state);
    }

    private string Momentum(ParameterNodes nodes, double factor, bool nesterov, string gradient, GraphOptimizerState[] state)
    {
        if (factor == 0 && state.Length == 0) return gradient;
        var momentum = Constant("momentum", factor);
        var velocity = nodes.AddAs(state[0].Output, "Add", nodes.Add("Mul", momentum, state[0].Input), gradient);
        return nesterov ? nodes.Add("Add", gradient, nodes.Add("Mul", momentum, velocity)) : velocity;
    }

    private string Adam(ParameterNodes nodes, AdamOptions adam, string rate, string gradient, GraphOptimizerState[] state)
    {
        var mean = Interpolate(nodes, state[0], gradient, Constant("rate1", 1 - adam.Beta1));
        var square = Interpolate(nodes, state[1], nodes.Add("Mul", gradient, gradient), Constant("rate2", 1 - adam.Beta2));
        var root = nodes.Add("Div", nodes.Add("Sqrt", square), Named(RootBiasCorrection2));
        var direction = nodes.Add("Div", mean, nodes.Add("Add", root, Constant("epsilon", adam.Epsilon)));
        return nodes.Add("Mul", Shared("Div", rate, Named(BiasCorrection1)), direction);
    }

    private string Adagrad(ParameterNodes nodes, AdagradOptions adagrad, string gradient, GraphOptimizerState state)
    {
        var sum = nodes.AddAs(state.Output, "Add", state.Input, nodes.Add("Mul", gradient, gradient));
        var total = adagrad.InitialAccumulator == 0 ? sum : nodes.Add("Add", sum, Constant("initial_accumulator", adagrad.InitialAccumulator));
        return nodes.Add("Div", gradient, nodes.Add("Add", nodes.Add("Sqrt", total), Constant("epsilon", adagrad.Epsilon)));
    }

    private string RmsProp(ParameterNodes nodes, RmsPropOptions rmsProp, string gradient, GraphOptimizerState[] state)
    {
        var rate = Constant("rate", 1 - rmsProp.Alpha);
        var variance = Interpolate(nodes, state[0], nodes.Add("Mul", gradient, gradient), rate);
        if (rmsProp.Centered)
        {
            var mean = Interpolate(nodes, state[1], gradient, rate);
            variance = nodes.Add("Max", nodes.Add("Sub", variance, nodes.Add("Mul", mean, mean)), Constant("zero", 0));
        }
        var direction = nodes.Add("Div", gradient, nodes.Add("Add", nodes.Add("Sqrt", variance), Constant("epsilon", rmsProp.Epsilon)));
        return rmsProp.Momentum == 0
            ? direction
            : nodes.AddAs(state[^1].Output, "Add", nodes.Add("Mul", Constant("momentum", rmsProp.Momentum), state[^1].Input), direction);
    }

    private string Lion(ParameterNodes nodes, LionOptions lion, string gradient, GraphOptimizerState state)
    {
        var difference = nodes.Add("Sub", gradient, state.Input);
        nodes.AddAs(state.Output, "Add", state.Input, nodes.Add("Mul", Constant("rate2", 1 - lion.Beta2), difference));
        return nodes.Add("Sign", nodes.Add("Add", state.Input, nodes.Add("Mul", Constant("rate1", 1 - lion.Beta1), difference)));
    }

    /// <summary>The orthogonal direction at its length; see <see cref="MuonUpdate"/> for the formula.</summary>
    private string Muon(ParameterNodes nodes, MuonOptions muon, in ParameterInfo matrix, string gradient, GraphOptimizerState[] state, TensorShape shape)
    {
        var (rows, columns) = (matrix.Rows, matrix.Length / matrix.Rows);
        var isTall = rows > columns;
        string Transposed(string x) => nodes.Add("Transpose", x);

        var direction = nodes.Add("Reshape", Momentum(nodes, muon.Momentum, muon.Nesterov, gradient, state), Dims([rows, columns]));
        var norm = nodes.Add("Sqrt", nodes.Add("ReduceSum", nodes.Add("Mul", direction, direction)));
        var x = nodes.Add("Div", direction, nodes.Add("Add", norm, Constant("norm_epsilon", NewtonSchulz.Epsilon)));
        if (isTall) x = Transposed(x);
        for (var step = 0; step < muon.NewtonSchulzSteps; step++)
        {
            var gram = nodes.Add("MatMul", x, Transposed(x));
            var square = nodes.Add("Mul", Constant("quintic_c", NewtonSchulz.C), nodes.Add("MatMul", gram, gram));
            var polynomial = nodes.Add("Add", nodes.Add("Mul", Constant("quintic_b", NewtonSchulz.B), gram), square);
            x = nodes.Add("Add", nodes.Add("Mul", Constant("quintic_a", NewtonSchulz.A), x), nodes.Add("MatMul", polynomial, x));
        }
        if (isTall) x = nodes.Add("Mul", Constant("length", Math.Sqrt((double)rows / columns)), Transposed(x));
        return nodes.Add("Reshape", x, Dims(shape.ToSizes()));
    }

    private static string Interpolate(ParameterNodes nodes, GraphOptimizerState slot, string towards, string rate) =>
        nodes.AddAs(slot.Output, "Add", slot.Input, nodes.Add("Mul", rate, nodes.Add("Sub", towards, slot.Input)));

    /// <summary>What decoupled weight decay leaves of the weight.</summary>
    private string Decayed(ParameterNodes nodes, string weight, string rate, double decay) =>
        nodes.Add("Sub", weight, nodes.Add("Mul", weight, Shared("Mul", rate, Constant("weight_decay", decay))));

    /// <summary>The rate of a parameter: the step's, by its factor, and 0 in epochs in which it is not trained.</summary>
    private string Rate(in ParameterInfo parameter)
    {
        var rate = Named(LearningRate);
        if (parameter.RateFactor != 1) rate = Shared("Mul", rate, Constant("rate_factor", parameter.RateFactor));
        return parameter.Pauses ? Shared("Mul", rate, IsTrained(parameter)) : rate;
    }

    /// <summary>A scalar input that all parameters of the same epochs share: 1 in those, else 0.</summary>
    private string IsTrained(ParameterInfo parameter) => Input($"trained_from_{parameter.FromEpoch ?? 1}_until_{parameter.UntilEpoch?.ToString(CultureInfo.InvariantCulture) ?? "end"}", settings => parameter.IsTrainedIn(settings.Epoch) ? 1 : 0);

    private string Named(string name) => $"{_prefix}/{name}";

    private string Input(string name, Func<StepSettings, double> value)
    {
        if (_scalars.All(s => s.Name != Named(name)))
        {
            _scalars.Add(new Scalar(Named(name), value));
            _graph.Inputs.Add(new Value(Named(name), ElementType.Float));
        }
        return Named(name);
    }

    /// <summary>A scalar constant that all parameters share; of one name and another value it is another constant.</summary>
    private string Constant(string name, double value) => Constant(Initializer.Scalar(Named(string.Create(CultureInfo.InvariantCulture, $"{name}={value:R}")), (float)value));

    private string Dims(long[] dims) => Constant(Initializer.Create<long>(Named($"dims={string.Join('x', dims)}"), dims, dims.Length));

    private string Constant(Initializer constant)
    {
        if (!_graph.Initializers.Contains(constant.Name)) _graph.Initializers.Add(constant);
        return constant.Name;
    }

    /// <summary>A scalar that all parameters share and the graph computes once; it is named as what it is.</summary>
    private string Shared(string op, string left, string right)
    {
        var name = Named($"{op}({left[(_prefix.Length + 1)..]}, {right[(_prefix.Length + 1)..]})");
        if (_graph.Nodes.All(n => n.Output(0) != name)) _graph.Nodes.Add(new Node(op, [left, right], [name], name));
        return name;
    }

    private readonly record struct Scalar(string Name, Func<StepSettings, double> Value);

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
