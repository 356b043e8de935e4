using System.Text;

namespace OnnxPipeline.Inference.Results;

/// <summary>Where the rows of a run go, batch by batch.</summary>
internal sealed class RowOutput : IDisposable
{
    private readonly TextWriter _writer;
    private readonly RowWriter _rows;
    private readonly bool _owns;

    private RowOutput(TextWriter writer, RowFormat format, ResultColumns columns, int top, bool owns)
    {
        _writer = writer;
        _rows = RowWriter.Create(writer, format, columns, top);
        _owns = owns;
    }

    /// <summary>The file, where it holds rows of an earlier run that are to be kept; none are written before they were verified.</summary>
    public FileStream? Earlier { get; private init; }

    /// <summary>Rows to a writer that stays open.</summary>
    public static RowOutput To(TextWriter writer, RowFormat format, ResultColumns columns, int top)
    {
        var output = new RowOutput(writer, format, columns, top, owns: false);
        output._rows.WriteHeader();
        return output;
    }

    /// <summary>Rows to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How rows are written.</param>
    /// <param name="columns">What of each is.</param>
    /// <param name="top">Classes a row of text.</param>
    /// <param name="resume">Keeps what the file holds instead of replacing it.</param>
    /// <exception cref="IOException">The file cannot be opened, or another run writes to it.</exception>
    public static RowOutput ToFile(string path, RowFormat format, ResultColumns columns, int top, bool resume)
    {
        var file = new FileStream(path, resume ? FileMode.OpenOrCreate : FileMode.Create, resume ? FileAccess.ReadWrite : FileAccess.Write, FileShare.Read, bufferSize: 0);
        var writer = new StreamWriter(file, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        var output = new RowOutput(writer, format, columns, top, owns: true) { Earlier = file.Length > 0 ? file : null };
        if (output.Earlier is null) output._rows.WriteHeader();
        return output;
    }

    public void WriteHeader() => _rows.WriteHeader();

    /// <summary>Writes the rows and hands them to the system: from then on a kill leaves them whole.</summary>
    public void Write(ReadOnlySpan<ResultRow> rows)
    {
        foreach (var row in rows) _rows.Write(row);
        _writer.Flush();
    }

    public void Dispose()
    {
        if (_owns) _writer.Dispose();
    }
}
