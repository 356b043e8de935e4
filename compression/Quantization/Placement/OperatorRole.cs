namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>What an operator does with quantised values.</summary>
internal enum OperatorRole
{
    /// <summary>ONNX Runtime has no integer form of it.</summary>
    Float,

    /// <summary>A product with constant weights, which is where time and size are.</summary>
    Weighted,

    /// <summary>Computes in integers; its result has a scale of its own.</summary>
    Computing,

    /// <summary>Moves or picks elements, so that its result has its input's scale.</summary>
    PassThrough,

    /// <summary>Cuts values off, as the range of a quantised value also does: it can go into the rounding of what it reads.</summary>
    Cutting,
}

/// <summary>The operators that ONNX Runtime's CPU provider fuses with the QuantizeLinear and DequantizeLinear around them.</summary>
internal static class OperatorRoles
{
    private static readonly Dictionary<string, OperatorRole> Roles = new()
    {
        [Ops.Conv] = OperatorRole.Weighted,
        [Ops.Gemm] = OperatorRole.Weighted,
        [Ops.MatMul] = OperatorRole.Weighted,
        [Ops.Add] = OperatorRole.Computing,
        [Ops.Mul] = OperatorRole.Computing,
        [Ops.AveragePool] = OperatorRole.Computing,
        [Ops.GlobalAveragePool] = OperatorRole.Computing,
        [Ops.Concat] = OperatorRole.Computing,
        [Ops.LeakyRelu] = OperatorRole.Computing,
        [Ops.Sigmoid] = OperatorRole.Computing,
        [Ops.Softmax] = OperatorRole.Computing,
        [Ops.MaxPool] = OperatorRole.PassThrough,
        [Ops.Flatten] = OperatorRole.PassThrough,
        [Ops.Reshape] = OperatorRole.PassThrough,
        [Ops.Squeeze] = OperatorRole.PassThrough,
        [Ops.Unsqueeze] = OperatorRole.PassThrough,
        [Ops.Transpose] = OperatorRole.PassThrough,
        [Ops.Slice] = OperatorRole.PassThrough,
        [Ops.Expand] = OperatorRole.PassThrough,
        [Ops.Tile] = OperatorRole.PassThrough,
        [Ops.Resize] = OperatorRole.PassThrough,
        [Ops.Split] = OperatorRole.PassThrough,
        [Ops.Relu] = OperatorRole.Cutting,
        [Ops.Clip] = OperatorRole.Cutting,
    };

    public static OperatorRole Of(Node node) => node.Domain == Domains.Onnx ? Roles.GetValueOrDefault(node.OpType) : OperatorRole.Float;

    /// <summary>The inputs that carry data: all of them for operators of several operands, else the first. The rest are shapes, axes and the like.</summary>
    public static IEnumerable<string> DataInputs(Node node) =>
        node.Is(Ops.Add) || node.Is(Ops.Mul) || node.Is(Ops.Concat) ? node.Inputs.Where(i => i.Length > 0) : node.Inputs.Take(1);
}
