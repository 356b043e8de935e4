using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Passes;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export;

/// <summary>
/// Runs the general passes over a model from anywhere, and checks the result against the original in ONNX Runtime on inputs made up from
/// the signature. The original runs without ONNX Runtime's own optimisations.
/// </summary>
public static class Optimizer
{
    /// <summary>Names of the general passes, in their order.</summary>
    public static IReadOnlyList<string> PassNames { get; } = [.. PassPipeline.Deploy().Passes.Select(p => p.Name)];

    /// <returns>The new model, or the argument when nothing was modified, and what was done.</returns>
    /// <exception cref="ArgumentException">An option names no pass.</exception>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    /// <exception cref="ExportException">ONNX Runtime does not run the original on any inputs made up for it, or gives others each time.</exception>
    public static (Model Model, OptimizeReport Report) Optimize(Model model, OptimizeOptions options)
    {
        var asked = Asked(options);
        var result = Pipeline(options, asked).Run(model, options.Limits);
        var names = asked.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        PassNote[] refused = [.. result.Reports.Where(r => names.Contains(r.Pass)).SelectMany(r => r.Declined)];
        var report = new OptimizeReport(result.Modified, result.Reports, refused, [], options.Tolerance, []);
        if (!result.Modified || refused.Length > 0) return (result.Model, report);

        var reference = InInference(model, out var note);
        return (result.Model, report with { Check = OutputChecker.Compare(reference, result.Model, GraphOptimizationLevel.ORT_DISABLE_ALL), Notes = note is null ? [] : [note] });
    }

    /// <summary>The passes that options ask for by a value of their own.</summary>
    private static IPass[] Asked(OptimizeOptions options)
    {
        var asked = new List<IPass>();
        if (options.Opset is { } opset) asked.Add(new ConvertOpset(opset));
        if (options.Batch is not null || options.FreeBatch) asked.Add(new SetBatch(options.Batch));
        if (options.IrVersion is { } ir) asked.Add(new SetIrVersion(ir));
        return [.. asked];
    }

    /// <summary>
    /// The general passes, with those asked for where they serve best: weights must be constants before an operator set is converted, and
    /// a fixed batch is a constant to be folded; the version of the format comes last, when all that needs it is there.
    /// </summary>
    private static PassPipeline Pipeline(OptimizeOptions options, IPass[] asked)
    {
        foreach (var name in options.Skip.Concat(options.Passes ?? []))
        {
            if (!PassNames.Contains(name)) throw new ArgumentException($"There is no pass '{name}'. Valid: {string.Join(", ", PassNames)}.", nameof(options));
        }
        var general = PassPipeline.Deploy().Passes.Where(p => (options.Passes is null || options.Passes.Contains(p.Name)) && !options.Skip.Contains(p.Name)).ToArray();
        var early = general.Count(p => p is FreezeInitializers or DropTrainingOnlyNodes);
        return new PassPipeline([.. general[..early], .. asked.Where(p => p is not SetIrVersion), .. general[early..], .. asked.OfType<SetIrVersion>()]);
    }

    /// <summary>The original as it is meant in deployment: one that trains gives random outputs, so it is compared in its inference form.</summary>
    private static Model InInference(Model model, out string? note)
    {
        note = null;
        if (!model.Graph.Nodes.Any(n => n.Is(Ops.Dropout) && n.Input(2) is not null || n.Is(Ops.BatchNormalization) && n.Int("training_mode", 0) != 0)) return model;
        note = "the original is in training form; it was compared with its dropout removed and its normalisation by the running statistics";
        return new PassPipeline(new FreezeInitializers(), new DropTrainingOnlyNodes()).Run(model).Model;
    }
}
