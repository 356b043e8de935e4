namespace OnnxPipeline.Training.LowRank;

/// <summary>A weight that gets a low-rank change, seen as [outputs, inputs]: change = B·A, B [outputs, rank], A [rank, inputs].</summary>
/// <param name="Weight">The weight of a graph.</param>
/// <param name="Nodes">All nodes that read it, each as its second input.</param>
/// <param name="OutputsFirst">Whether the weight's first axis is that of the outputs.</param>
internal sealed record LowRankSite(Initializer Weight, IReadOnlyList<Node> Nodes, bool OutputsFirst)
{
    /// <summary>What the name of A has behind that of its weight.</summary>
    public const string SuffixOfA = ".lora_A";

    public string A => NameOfA(Weight.Name);

    public string B => NameOfB(Weight.Name);

    public bool IsConv => Nodes[0].Is(Ops.Conv);

    public long Outputs => Weight.Dims[OutputsFirst ? 0 : 1];

    /// <summary>Terms of one output: of a convolution, a window of all channels.</summary>
    public long Inputs => Weight.ElementCount / Outputs;

    /// <summary>Of a convolution a kernel like the weight's with fewer outputs, [rank, in, …]; else a matrix to multiply from the left, [in, rank].</summary>
    public long[] DimsOfA(long rank) => IsConv ? [rank, .. Weight.Dims.Skip(1)] : [Inputs, rank];

    /// <summary>Of a convolution a 1x1 kernel, [out, rank, 1, …]; else a matrix to multiply from the left, [rank, out].</summary>
    public long[] DimsOfB(long rank) => IsConv ? [Outputs, rank, .. Weight.Dims.Skip(2).Select(_ => 1L)] : [rank, Outputs];

    /// <param name="weight">The weight.</param>
    /// <param name="nodes">The nodes that read it, all in the same way.</param>
    public static LowRankSite Of(Initializer weight, IReadOnlyList<Node> nodes) => new(weight, nodes, OutputsComeFirst(nodes[0]));

    /// <summary>Whether a node's weight begins with the axis of the outputs.</summary>
    public static bool OutputsComeFirst(Node node) => node.Is(Ops.Conv) || node.Int("transB", 0) != 0;

    public static string NameOfA(string weight) => weight + SuffixOfA;

    public static string NameOfB(string weight) => weight + ".lora_B";

    /// <summary>Adds scale·B·A to the weight.</summary>
    public void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double scale)
    {
        var weight = Weight.Span<float>();
        var (outputs, inputs) = ((int)Outputs, (int)Inputs);
        var rank = a.Length / inputs;
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0.0;
                for (var r = 0; r < rank; r++) sum += IsConv ? (double)b[o * rank + r] * a[r * inputs + i] : (double)b[r * outputs + o] * a[i * rank + r];
                ref var element = ref weight[OutputsFirst ? o * inputs + i : i * outputs + o];
                element = (float)(element + scale * sum);
            }
        }
    }
}
