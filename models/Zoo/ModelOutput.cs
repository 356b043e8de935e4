namespace OnnxPipeline.Models.Zoo;

/// <summary>What a model's head gives.</summary>
public abstract record ModelOutput
{
    private ModelOutput()
    {
    }

    /// <summary>Columns of the head.</summary>
    public abstract int Size { get; }

    /// <summary>"logits" [batch, classes], before any softmax.</summary>
    public static ModelOutput Classes(int count) => new ClassesOutput(count);

    /// <summary>"logits" [batch, 1]: the sample is of the second class where it is above 0, with probability sigmoid(logit).</summary>
    public static ModelOutput Binary { get; } = new BinaryOutput();

    /// <summary>"prediction" [batch, 1] in the target's own units: the head's answer, times <paramref name="std"/>, plus <paramref name="mean"/>.</summary>
    public static ModelOutput Value(float mean, float std) => new ValueOutput(mean, std);

    internal abstract void AddTo(GraphBuilder graph, GraphValue head);

    private sealed record ClassesOutput(int Count) : ModelOutput
    {
        public override int Size => Count;

        internal override void AddTo(GraphBuilder graph, GraphValue head) => graph.Output(head, ModelRegistry.Logits);
    }

    private sealed record BinaryOutput : ModelOutput
    {
        public override int Size => 1;

        internal override void AddTo(GraphBuilder graph, GraphValue head) => graph.Output(head, ModelRegistry.Logits);
    }

    private sealed record ValueOutput(float Mean, float Std) : ModelOutput
    {
        public override int Size => 1;

        internal override void AddTo(GraphBuilder graph, GraphValue head)
        {
            var scaled = graph.Node(Ops.Mul, [head, graph.Constant(Std)], name: "target.scaled");
            graph.Output(graph.Node(Ops.Add, [scaled, graph.Constant(Mean)], name: "target"), ModelRegistry.Prediction);
        }
    }
}
