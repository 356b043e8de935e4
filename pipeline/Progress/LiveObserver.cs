using System.Diagnostics;
using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells of a run on a terminal: coloured lines, and below them a bar with throughput and time left while a stage runs.</summary>
internal sealed class LiveObserver : IRunObserver
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private readonly IAnsiConsole _console;
    private readonly ProgressContext _bars;
    private readonly FactsColumn _facts;
    private ProgressTask? _bar;
    private long _shown;

    private LiveObserver(IAnsiConsole console, ProgressContext bars, FactsColumn facts)
    {
        _console = console;
        _bars = bars;
        _facts = facts;
    }

    public static T Watch<T>(TextWriter output, Func<IRunObserver, T> run) =>
        Watch(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }), run);

    /// <summary>Runs with a live area at the bottom of the console, which is gone when the run is over.</summary>
    public static T Watch<T>(IAnsiConsole console, Func<IRunObserver, T> run)
    {
        var facts = new FactsColumn();
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), facts)
            .Start(bars => run(new LiveObserver(console, bars, facts)));
    }

    public void StageCached(string stage, ArtifactKey key, StageReason reason) =>
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] [bold]{stage}[/] cached [grey]{key.Short}[/] [grey]{reason.Text}[/]");

    public void StageWaiting(string stage, string owner) =>
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]…[/] [bold]{stage}[/] waiting for {owner}, which is making the same artifact");

    public void StageStarted(string stage, ArtifactKey key, StageReason reason)
    {
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[blue]→[/] [bold]{stage}[/] [grey]{key.Short}[/] {reason.Text}");
        _facts.Pace = new Pace(TimeProvider.System);
        _bar = _bars.AddTask(Markup.Escape(stage));
        _bar.IsIndeterminate = true;
    }

    public void StageAdvanced(string stage, in ProgressFacts facts)
    {
        // The bar keeps a sample of every change, and stages report every step: it is told a few times a second.
        if (_bar is null || (facts.Step < facts.Steps && Stopwatch.GetElapsedTime(_shown) < Refresh)) return;
        _shown = Stopwatch.GetTimestamp();
        _facts.Pace.Update(facts);
        _bar.IsIndeterminate = facts.Steps <= 0;
        _bar.MaxValue = Math.Max(1, facts.Steps);
        _bar.Value = facts.Step;
    }

    public void StageNoted(string stage, string line) => _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [bold]{stage}[/] {line}");

    public void StageFinished(string stage, ArtifactKey key, TimeSpan duration)
    {
        EndBar();
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] [bold]{stage}[/] done in {duration.TotalSeconds:0.0} s");
    }

    public void StageStopped(string stage)
    {
        EndBar();
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]✗[/] [bold]{stage}[/] stopped");
    }

    private void EndBar() => _bar?.StopTask();

    /// <summary>Throughput in the stage's unit, time left, and what else the stage has to say.</summary>
    private sealed class FactsColumn : ProgressColumn
    {
        public Pace Pace { get; set; } = new(TimeProvider.System);

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.IsFinished ? "" : Pace.ToString());
    }
}
