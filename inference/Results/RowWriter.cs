namespace OnnxPipeline.Inference.Results;

/// <summary>Writes rows one by one, so that memory stays flat.</summary>
/// <param name="output">Takes the rows; not closed.</param>
public abstract class RowWriter(TextWriter output)
{
    protected TextWriter Output { get; } = output;

    /// <param name="output">Takes the rows; not closed.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="columns">What of each row is written; text has columns of its own.</param>
    /// <param name="top">Classes a row of text, the answer first.</param>
    public static RowWriter Create(TextWriter output, RowFormat format, ResultColumns columns, int top) => format switch
    {
        RowFormat.Csv => new CsvRowWriter(output, columns),
        RowFormat.JsonLines => new JsonRowWriter(output, columns),
        _ => new TextRowWriter(output, top),
    };

    /// <summary>What stands before the first row.</summary>
    public virtual void WriteHeader()
    {
    }

    public abstract void Write(ResultRow row);

    /// <summary>A probability with four digits: what a reader, and a float32 model, can stand behind.</summary>
    internal static string Format(float probability) => probability.ToString("0.0000");

    /// <summary>A value with the digits that tell it from any other float.</summary>
    internal static string FormatValue(float value) => value.ToString("R");
}
