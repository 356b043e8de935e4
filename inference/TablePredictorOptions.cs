using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference;

/// <summary>How a model of a table runs, and, for one from elsewhere, what its metadata would have said.</summary>
public sealed record TablePredictorOptions : ExecutionOptions
{
    /// <summary>
    /// The columns of a row; null for the model's own. A number, a boolean or a part of a date is a float input of its name, [batch, 1], and a category a string input;
    /// a model of numbers alone may have a single input for all of them instead, [batch, numbers].
    /// </summary>
    public IReadOnlyList<TableColumn>? Columns { get; init; }

    /// <summary>How rows are written as text; null for the model's own way, or else <see cref="TableFormat.Default"/>.</summary>
    public TableFormat? Format { get; init; }

    /// <summary>Class names by class index; null for the model's own, or else the indices.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The output that holds a value a class, [batch, classes], or a regression's value, [batch, 1]; null for what the metadata says, or else its only output.</summary>
    public string? Output { get; init; }

    /// <summary>What a regression predicts, in words; null for what the metadata says, or else for a classifier.</summary>
    public string? Target { get; init; }

    /// <summary>Of two classes, the second is the answer where its probability is at least this, from 0 to 1; null for the model's own threshold, or else the more probable class.</summary>
    public double? Threshold { get; init; }
}
