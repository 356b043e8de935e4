using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>
/// Makes a training graph one that needs nothing of its host but the batch, the learning rate and the state: it counts steps, corrects
/// Adam's biases, scales by the batch's size, and gives the mean loss and the number of right answers.
/// </summary>
internal sealed class StepGraph
{
    public const string LearningRate = "learning_rate";
    public const string Loss = "loss";
    public const string Correct = "correct";

    /// <summary>Steps so far, int64.</summary>
    public const string Step = "step";

    /// <summary>Batches of the step so far, int64.</summary>
    public const string Part = "part";

    private const string Prefix = "optimizer/";

    private readonly Graph _graph;
    private readonly GraphWriter _writer;
    private readonly List<Node> _front = [];

    private StepGraph(Model model)
    {
        _graph = model.Graph;
        _writer = new GraphWriter(model);
    }

    /// <summary>The name of a counter's next value.</summary>
    public static string Next(string counter) => $"{counter}.next";

    /// <summary>Finishes the graph in place.</summary>
    /// <param name="model">A training graph with sums of gradients or an update.</param>
    /// <param name="training">What it was made of.</param>
    /// <param name="options">Optimizer and accumulation.</param>
    /// <param name="completes">Whether it is of the last batch of a step.</param>
    public static void Finish(Model model, TrainingGraph training, TrainOptions options, bool completes)
    {
        var step = new StepGraph(model);
        step.Measure(training, options.Accumulate);
        if (options.Accumulate > 1) step.CountParts(completes);
        if (completes) step.Update(options.Optimizer);
        step._graph.Nodes.InsertRange(0, step._front);
        LogitsModel.RemoveUnneeded(step._graph);
        StandardOperators.Apply(model);
        model.Graph.ValueInfos.Clear();
    }

    /// <summary>Appends the number of right answers to a graph that has the logits.</summary>
    public static void AddCorrect(GraphWriter writer, string logits)
    {
        var answers = writer.Op(Ops.ArgMax, n => n.Set("axis", 1L).Set("keepdims", 0L), logits);
        var right = writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Int64), writer.Op(Ops.Equal, answers, TrainingGraph.Labels));
        writer.Graph.Nodes.Add(new Node(Ops.ReduceSum, [right], [Correct], Correct).Set("keepdims", 0L));
        writer.Graph.Outputs.Add(new Value(Correct, ElementType.Int64));
    }

    /// <summary>Appends the mean of a loss that is summed over the batch.</summary>
    public static void AddMeanLoss(GraphWriter writer, string sum)
    {
        var count = writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), writer.Op(Ops.Size, TrainingGraph.Labels));
        writer.Graph.Nodes.Add(new Node(Ops.Div, [sum, count], [Loss], Loss));
        writer.Graph.Outputs.Add(new Value(Loss, ElementType.Float));
    }

    /// <summary>Loss and right answers as outputs in place of sum and logits; the gradient is of the mean over all of the step's samples.</summary>
    private void Measure(TrainingGraph training, int parts)
    {
        _graph.Outputs.RemoveAll(o => o.Name == training.Loss || o.Name == training.Output || o.Name == UpdateGraph.GradientNorm);
        var first = _graph.Nodes.Count;
        var samples = _writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), _writer.Op(Ops.Size, TrainingGraph.Labels));
        var all = parts == 1 ? samples : _writer.Op(Ops.Mul, samples, _writer.Constant((float)parts));
        _graph.Nodes.Add(new Node(Ops.Reciprocal, [all], [TrainingGraph.LossGradient], TrainingGraph.LossGradient));
        ToFront(first);
        _graph.Inputs.RemoveAll(i => i.Name == TrainingGraph.LossGradient);
        AddMeanLoss(_writer, training.Loss);
        AddCorrect(_writer, training.Output);
    }

    /// <summary>Sums of gradients count from the second batch of a step on.</summary>
    private void CountParts(bool completes)
    {
        var first = _graph.Nodes.Count;
        Counter(Part, completes ? _writer.Op(Ops.Mul, Part, _writer.Shared(Scalar(0))) : _writer.Op(Ops.Add, Part, _writer.Shared(Scalar(1))));
        _graph.Nodes.Add(new Node(Ops.Cast, [_writer.Op(Ops.Min, Part, _writer.Shared(Scalar(1)))], [GradientSumGraph.Share]).Set("to", (long)ElementType.Float));
        ToFront(first);
        _graph.Inputs.RemoveAll(i => i.Name == GradientSumGraph.Share);
    }

    /// <summary>The optimizer's scalars from the number of the step, in double, as the fused optimizer has them.</summary>
    private void Update(OptimizerOptions options)
    {
        var scalars = _graph.Inputs.Where(i => i.Name.StartsWith(Prefix, StringComparison.Ordinal) && i.Type?.Shape is { Rank: 0 }).Select(i => i.Name).ToArray();
        _graph.Inputs.RemoveAll(i => scalars.Contains(i.Name));
        _graph.Inputs.Add(new Value(LearningRate, ElementType.Float));
        RemoveScale($"{Prefix}gradient_scale");

        var first = _graph.Nodes.Count;
        Counter(Step, _writer.Op(Ops.Add, Step, _writer.Shared(Scalar(1))));
        _graph.Nodes.Add(new Node(Ops.Identity, [LearningRate], [$"{Prefix}learning_rate"]));
        if (options is AdamOptions adam)
        {
            var number = _writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Double), Next(Step));
            AsFloat($"{Prefix}bias_correction1", BiasCorrection(adam.Beta1, number));
            AsFloat($"{Prefix}root_bias_correction2", _writer.Op(Ops.Sqrt, BiasCorrection(adam.Beta2, number)));
        }
        ToFront(first);
    }

    /// <summary>1 − βᵗ.</summary>
    private string BiasCorrection(double beta, string step) =>
        _writer.Op(Ops.Sub, _writer.Shared(Initializer.Scalar("", 1d)), _writer.Op(Ops.Pow, _writer.Shared(Initializer.Scalar("", beta)), step));

    private void AsFloat(string name, string value) => _graph.Nodes.Add(new Node(Ops.Cast, [value], [name]).Set("to", (long)ElementType.Float));

    private void Counter(string name, string next)
    {
        _graph.Inputs.Add(new Value(name, ElementType.Int64));
        _graph.Nodes.Add(new Node(Ops.Identity, [next], [Next(name)]));
        _graph.Outputs.Add(new Value(Next(name), ElementType.Int64));
    }

    /// <summary>Gradients are not scaled here; a product with 1 would be a pass over each.</summary>
    private void RemoveScale(string scale)
    {
        var unscaled = _graph.Nodes.Where(n => n.Is(Ops.Mul) && n.Inputs[1] == scale).ToDictionary(n => n.Outputs[0], n => n.Inputs[0]);
        _graph.Nodes.RemoveAll(n => n.Is(Ops.Mul) && n.Inputs[1] == scale);
        foreach (var node in _graph.Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (unscaled.TryGetValue(node.Inputs[i], out var gradient)) node.Inputs[i] = gradient;
            }
        }
    }

    /// <summary>Moves the nodes from this one on before all others: they need inputs alone.</summary>
    private void ToFront(int first)
    {
        _front.AddRange(_graph.Nodes[first..]);
        _graph.Nodes.RemoveRange(first, _graph.Nodes.Count - first);
    }

    private static Initializer Scalar(long value) => Initializer.Scalar("", value);
}
