using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Probes;

/// <summary>
/// The training graph with figures of its insides as outputs in place of gradients: reductions in the graph, so that only a few numbers
/// leave it. A Relu that training moves behind its MaxPool is measured there.
/// </summary>
internal sealed class ProbeGraph
{
    /// <summary>[layers, 3]: mean, mean absolute value and mean square of each layer's output.</summary>
    public const string LayerFigures = "probe.layers";

    /// <summary>[parameters, 3]: mean absolute gradient, mean absolute weight and sum of the weights' squares.</summary>
    public const string ParameterFigures = "probe.parameters";

    private static readonly HashSet<string> Probed =
    [
        Ops.Conv, Ops.ConvTranspose, Ops.Gemm, Ops.MatMul, Ops.BatchNormalization, Ops.LayerNormalization,
        Ops.Relu, Ops.LeakyRelu, Ops.Tanh, Ops.Sigmoid, Ops.Gelu,
    ];

    private ProbeGraph(TrainingGraph training, Model model, IReadOnlyList<string> layers)
    {
        Training = training;
        Model = model;
        Layers = layers;
    }

    /// <summary>What the graph was made of: its inputs and parameters.</summary>
    public TrainingGraph Training { get; }

    public Model Model { get; }

    /// <summary>The probed nodes by name.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <exception cref="TrainingException">The loss does not fit the model, or there is nothing to train.</exception>
    public static ProbeGraph Build(Model source, TrainOptions options)
    {
        var training = TrainingGraph.Build(source, Loss.OptionsOfLabels(options.Loss), freeze: options.For(source).Freeze);
        var model = training.Model.Clone();
        var graph = model.Graph;
        var own = source.Graph.Nodes.Select(n => n.Name).ToHashSet();
        Node[] layers = [.. graph.Nodes.Where(n => own.Contains(n.Name) && Probed.Contains(n.OpType))];

        var writer = new GraphWriter(model);
        var layerRows = layers.Select(n => n.Outputs[0]).Select(x => Row(writer, Mean(writer, x), Mean(writer, writer.Op(Ops.Abs, x)), Mean(writer, writer.Op(Ops.Mul, x, x)))).ToArray();
        var parameterRows = training.Parameters.Select(p => Row(writer, Mean(writer, writer.Op(Ops.Abs, p.Gradient)), Mean(writer, writer.Op(Ops.Abs, p.Name)), writer.Total(writer.Op(Ops.Mul, p.Name, p.Name)))).ToArray();
        graph.Outputs.Clear();
        Output(writer, LayerFigures, layerRows);
        Output(writer, ParameterFigures, parameterRows);
        return new ProbeGraph(training, model, [.. layers.Select(n => n.Name)]);
    }

    private static string Mean(GraphWriter writer, string value) => writer.Op(Ops.ReduceMean, n => n.Set("keepdims", 0L), value);

    private static string Row(GraphWriter writer, params string[] figures) =>
        writer.Op(Ops.Concat, n => n.Set("axis", 0L), figures.Select(f => writer.Op(Ops.Reshape, f, writer.Constant(1))));

    private static void Output(GraphWriter writer, string name, string[] rows)
    {
        if (rows.Length == 0) return;
        writer.Graph.Nodes.Add(new Node(Ops.Concat, rows, [name], name).Set("axis", 0L));
        writer.Graph.Outputs.Add(new Value(name, ElementType.Float, 3 * rows.Length));
    }
}
