namespace OnnxPipeline.Inference.Results;

/// <summary>Columns for people: what the row is of, then each class with its probability, or the value; the first column is as wide as the longest so far.</summary>
internal sealed class TextRowWriter(TextWriter output, int top) : RowWriter(output)
{
    private int _width;

    public override void Write(ResultRow row)
    {
        _width = Math.Max(_width, row.Key.Length);
        Output.WriteLine($"{row.Key.PadRight(_width)}  {Answer(row)}");
    }

    private string Answer(ResultRow row) => row.Error is not null ? $"error: {row.Error}"
        : row.Value is { } value ? FormatValue(value)
        : string.Join("  ", row.Prediction!.Ranked(top).Select(c => $"{c.Label} {Format(c.Probability)}"));
}
