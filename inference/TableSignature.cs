using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference;

/// <summary>How a model is used on rows of a table: settled once, when it is opened, from options, metadata and its own inputs and outputs.</summary>
/// <param name="Columns">The table's columns, as rows have them.</param>
/// <param name="Format">How rows are written as text.</param>
/// <param name="Numbers">Names of the numbers that the model is given, in order.</param>
/// <param name="Categories">Names of the categorical columns, in order.</param>
/// <param name="Packed">The one input that takes all numbers side by side, [batch, numbers]; null where each has its own.</param>
/// <param name="Output">The output that holds the answer.</param>
/// <param name="Labels">Class names; empty for a regression.</param>
/// <param name="Target">What a regression predicts; null for a classifier.</param>
/// <param name="Threshold">Of two classes.</param>
internal sealed record TableSignature(
    IReadOnlyList<TableColumn> Columns, TableFormat Format, IReadOnlyList<string> Numbers, IReadOnlyList<string> Categories, string? Packed,
    string Output, IReadOnlyList<string> Labels, string? Target, double? Threshold)
{
    /// <exception cref="ModelException">The model takes no such rows, or leaves in doubt how; the message says which option settles it.</exception>
    public static TableSignature Resolve(ModelSession session, TablePredictorOptions options)
    {
        var metadata = session.Metadata;
        var columns = options.Columns ?? metadata?.Columns ?? [];
        if (columns.Count == 0) throw Unfit(session, $"its metadata describe no columns. Export it with this pipeline from a dataset of a table, or give {nameof(TablePredictorOptions)}.{nameof(TablePredictorOptions.Columns)}");
        string[] numbers = [.. columns.SelectMany(c => c.Numbers)];
        string[] categories = [.. columns.Where(c => c.Kind == ColumnKind.Category).Select(c => c.Name)];
        var packed = PackedInput(session, numbers, categories);
        if (packed is null) CheckInputs(session, numbers, categories);

        var output = OutputOf(session, options);
        var target = options.Target ?? (metadata?.Prediction is null ? null : metadata.Target ?? metadata.Prediction);
        var labels = target is null ? LabelsOf(session, options, output) : [];
        var threshold = options.Threshold ?? metadata?.Threshold;
        if (threshold is not null && labels.Count != 2) throw Unfit(session, $"its metadata or the options have a threshold, which is for two classes, and it has {labels.Count}");
        return new TableSignature(columns, options.Format ?? metadata?.TableFormat ?? TableFormat.Default, numbers, categories, packed, output.Name, labels, target, threshold);
    }

    private static string? PackedInput(ModelSession session, string[] numbers, string[] categories)
    {
        if (categories.Length > 0 || session.Inputs is not [{ ElementType: TensorElementType.Float, Shape: [_, var width] } input]) return null;
        return width == numbers.Length && (width > 1 || input.Name != numbers[0]) || width <= 0 && !numbers.Contains(input.Name) ? input.Name : null;
    }

    private static void CheckInputs(ModelSession session, string[] numbers, string[] categories)
    {
        string[] expected = [.. numbers, .. categories];
        if (session.Inputs.Count != expected.Length || expected.Except(session.Inputs.Select(i => i.Name)).Any())
            throw Unfit(session, $"its metadata or the options describe the inputs {string.Join(", ", expected)}, but the model has {string.Join(", ", session.Inputs)}");
        foreach (var input in session.Inputs)
        {
            var type = categories.Contains(input.Name) ? TensorElementType.String : TensorElementType.Float;
            if (input.ElementType != type) throw Unfit(session, $"its input '{input}' does not take {type} values, as its column has");
        }
    }

    private static TensorSpec OutputOf(ModelSession session, TablePredictorOptions options)
    {
        var name = options.Output ?? session.Metadata?.Prediction ?? session.Metadata?.Probabilities;
        var outputs = string.Join(", ", session.Outputs);
        var output = name is not null ? session.Outputs.FirstOrDefault(o => o.Name == name) ?? throw Unfit(session, $"it has no output '{name}'; its outputs are {outputs}")
            : session.Outputs is [var only] ? only : throw Unfit(session, $"it has {session.Outputs.Count} outputs ({outputs}); say which with {nameof(TablePredictorOptions)}.{nameof(TablePredictorOptions.Output)}");
        return output.ElementType == TensorElementType.Float ? output : throw Unfit(session, $"its output '{output}' is not float");
    }

    private static IReadOnlyList<string> LabelsOf(ModelSession session, TablePredictorOptions options, TensorSpec output)
    {
        var classes = output.Shape is [_, > 0 and var width] ? width : 0;
        var labels = options.Labels ?? session.Metadata?.Labels ?? [.. Enumerable.Range(0, classes).Select(i => $"{i}")];
        if (labels.Count == 0) throw Unfit(session, $"nothing says how many classes its output '{output}' holds; give {nameof(TablePredictorOptions)}.{nameof(TablePredictorOptions.Labels)}, or {nameof(TablePredictorOptions.Target)} for a regression");
        return classes == 0 || classes == labels.Count ? labels : throw Unfit(session, $"its output '{output}' has {classes} classes, but there are {labels.Count} labels");
    }

    private static ModelException Unfit(ModelSession session, string why) => new($"{session.Source}: cannot be used on rows of a table: {why}.");
}
