using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells how much has been moved to or from a remote store, and how fast: one moving line on a terminal, else nothing but the lines it is given.</summary>
/// <param name="output">Takes the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="live">Whether the output is a terminal of its own.</param>
internal sealed class TransferProgress(TextWriter output, TimeProvider time, bool live) : IProgress<long>, IDisposable
{
    private const string ClearLine = "\r\e[K";
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Pace _pace = new(time);
    private long _bytes;
    private long _shown = time.GetTimestamp();
    private bool _moved;

    /// <param name="value">Bytes that were moved since the last report; told by any thread.</param>
    public void Report(long value)
    {
        if (!live) return;
        lock (_lock)
        {
            _bytes += value;
            _pace.Update(new ProgressFacts(_bytes, 0, ByteSize.Unit));
            if (time.GetElapsedTime(_shown) < Refresh) return;
            _shown = time.GetTimestamp();
            output.Write($"{ClearLine}{ByteSize.Text(_bytes)}  {_pace}".TrimEnd());
            _moved = true;
        }
    }

    /// <summary>A line that stays.</summary>
    public void WriteLine(string line)
    {
        lock (_lock) output.WriteLine(_moved ? ClearLine + line : line);
    }

    public void Dispose()
    {
        if (_moved) output.Write(ClearLine);
    }
}
