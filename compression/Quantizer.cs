using OnnxPipeline.Compression.Quantization;
using OnnxPipeline.Compression.Quantization.Blocks;
using OnnxPipeline.Compression.Quantization.Budget;
using OnnxPipeline.Compression.Quantization.Dynamic;
using OnnxPipeline.Compression.Quantization.Half;
using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Compression.Quantization.Static;
using OnnxPipeline.Export;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression;

/// <summary>Quantises deployed models: raw samples in, answers out, as <see cref="Exporter"/> makes them or any other ONNX model of that form.</summary>
public static class Quantizer
{
    /// <param name="model">A float32 model; it is not changed. Its metadata goes over to the result.</param>
    /// <param name="options">The method and what it is given.</param>
    /// <param name="calibration">Samples of the training part, for static quantisation.</param>
    /// <param name="validation">Samples to count right answers on; needed with <see cref="QuantizeOptions.MaxDrop"/> alone.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="QuantizeException">The model cannot be quantised so.</exception>
    /// <exception cref="ModelFormatException">The graph is not well formed.</exception>
    public static QuantizeResult Quantize(Model model, QuantizeOptions options, HeldOutSamples calibration, HeldOutSamples? validation = null, CancellationToken cancellation = default)
    {
        if (options.Validate().ToArray() is { Length: > 0 } faults) throw new QuantizeException(string.Join(" ", faults.Select(f => $"{f.Option}: {f.Problem}")));
        var prepared = Preparation.Prepare(model);
        RequireMatches(options.Float, prepared);
        bool Stays(Node node) => NameGlob.AnyMatches(options.Float, node.Name);

        var method = MethodOf(prepared, options, calibration, Stays, cancellation);
        var made = method.Apply(Stays, cancellation);
        if (made.Quantized.Count == 0) throw NothingToQuantize(options, made);
        var (best, budget) = options.MaxDrop is { } drop
            ? AccuracyBudget.Keep(prepared, method, made, Stays, drop, validation ?? throw new QuantizeException("A limit on the accuracy lost needs validation samples to measure it on."), cancellation)
            : (made, null);
        QuantizedMetadata.Write(best.Model, options, best);
        return new QuantizeResult(best.Model, new QuantizeReport
        {
            Method = options.Method,
            Quantized = best.Quantized,
            Left = best.Left,
            Notes = best.Notes,
            Budget = budget,
        });
    }

    private static IMethod MethodOf(Model model, QuantizeOptions options, HeldOutSamples calibration, Func<Node, bool> stays, CancellationToken cancellation) => options switch
    {
        StaticQuantizeOptions fixedRanges => new StaticQuantizer(model, fixedRanges, calibration, stays, cancellation),
        DynamicQuantizeOptions dynamic => new DynamicQuantizer(model, dynamic),
        WeightOnlyQuantizeOptions blocks => new WeightOnlyQuantizer(model, blocks),
        Float16QuantizeOptions half => new Float16Quantizer(model, half),
        BFloat16QuantizeOptions => new BFloat16Quantizer(model),
        _ => throw new ArgumentException($"There is no method for {options.GetType().Name}.", nameof(options)),
    };

    private static void RequireMatches(IEnumerable<string> patterns, Model model)
    {
        var unmatched = patterns.Where(p => !model.Graph.Nodes.Any(n => NameGlob.Matches(p, n.Name))).ToArray();
        if (unmatched.Length == 0) return;
        var weighted = model.Graph.Nodes.Where(n => OperatorRoles.Of(n) == OperatorRole.Weighted).Select(n => n.Name);
        throw new QuantizeException($"float: no node is named like {string.Join(", ", unmatched.Select(p => $"'{p}'"))}. The nodes with weights are: {string.Join(", ", weighted)}.");
    }

    private static QuantizeException NothingToQuantize(QuantizeOptions options, MethodResult made) => new(made.Left.Count == 0
        ? $"The model has no node that {options.Method} quantisation is for; expected {(options is StaticQuantizeOptions or Float16QuantizeOptions or BFloat16QuantizeOptions ? "Conv, Gemm or MatMul" : "Gemm or MatMul")} with constant weights."
        : $"No node was quantised: {string.Join("; ", made.Left)}.");
}
