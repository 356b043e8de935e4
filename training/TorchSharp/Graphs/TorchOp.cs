namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>How wide an op computes where the precision is mixed, as PyTorch's autocast has it.</summary>
internal enum Width
{
    /// <summary>As its inputs are.</summary>
    Any,

    /// <summary>In 16 bits: products, which the hardware is fast at.</summary>
    Half,

    /// <summary>In float32: what overflows or cancels in 16 bits, or wants inputs of one type.</summary>
    Full,
}

/// <summary>How the nodes of one op become TorchSharp operations.</summary>
internal sealed record TorchOp(Func<TorchNode, TorchFunctions> Translate, Width Width)
{
    /// <summary>An op of one operation, which leaves nothing behind but its output.</summary>
    public static TorchOp Of(TorchFunction function, Width width = Width.Any) => Of(_ => function, width);

    /// <inheritdoc cref="Of(TorchFunction, Width)"/>
    public static TorchOp Of(Func<TorchNode, TorchFunction> translate, Width width = Width.Any) => new(
        node =>
        {
            var function = translate(node);
            return x => [function(x)];
        },
        width);

    /// <summary>An op of several operations, whose intermediate results are disposed of.</summary>
    public static TorchOp Composed(TorchFunction function, Width width = Width.Any) => Composed(_ => function, width);

    /// <inheritdoc cref="Composed(TorchFunction, Width)"/>
    public static TorchOp Composed(Func<TorchNode, TorchFunction> translate, Width width = Width.Any) => Several(
        node =>
        {
            var function = translate(node);
            return x => [function(x)];
        },
        width);

    /// <summary>An op with several outputs.</summary>
    public static TorchOp Several(Func<TorchNode, TorchFunctions> translate, Width width = Width.Any) => new(
        node =>
        {
            var function = translate(node);
            return x =>
            {
                using var scope = torch.NewDisposeScope();
                var outputs = function(x);
                foreach (var output in outputs) output?.DetachFromDisposeScope();
                return outputs;
            };
        },
        width);
}
