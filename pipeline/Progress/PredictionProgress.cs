using System.Globalization;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells how far a run over many images or rows is: one moving line on a terminal, else a line now and then.</summary>
/// <param name="output">Takes the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="things">What is counted, in the plural.</param>
/// <param name="live">Whether the output is a terminal of its own.</param>
internal sealed class PredictionProgress(TextWriter output, TimeProvider time, string things, bool live) : IProgress<FolderProgress>, IDisposable
{
    private const string ClearLine = "\r\e[K";
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Pace _pace = new(time);
    private long _shown = time.GetTimestamp();
    private bool _moved;

    public void Report(FolderProgress value)
    {
        _pace.Update(new ProgressFacts(value.Done, value.Total ?? 0, things));
        if (time.GetElapsedTime(_shown) < (live ? Refresh : Interval)) return;
        _shown = time.GetTimestamp();
        var text = $"{Text(value)}  {_pace}".TrimEnd();
        if (live) output.Write(ClearLine + text);
        else output.WriteLine(text);
        _moved = live;
    }

    public void Dispose()
    {
        if (_moved) output.Write(ClearLine);
    }

    private string Text(FolderProgress value) => value.Total is > 0 and var total
        ? string.Create(CultureInfo.InvariantCulture, $"{value.Done:N0} of {total:N0} {things}  {100 * value.Done / total} %")
        : string.Create(CultureInfo.InvariantCulture, $"{value.Done:N0} {things}");
}
