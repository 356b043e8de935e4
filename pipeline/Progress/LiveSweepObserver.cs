using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells of a sweep on a terminal: a line for each trial that has ended, and below them a bar for all and one for each that runs.</summary>
internal sealed class LiveSweepObserver : ISweepObserver
{
    private readonly IAnsiConsole _console;
    private readonly ProgressContext _bars;
    private readonly TextColumn _texts;
    private readonly ProgressTask _all;
    private readonly ConcurrentDictionary<int, ProgressTask> _running = new();

    private LiveSweepObserver(IAnsiConsole console, ProgressContext bars, TextColumn texts, int runs)
    {
        _texts = texts;
        _console = console;
        _bars = bars;
        _all = bars.AddTask("trials", maxValue: Math.Max(1, runs));
    }

    /// <summary>Runs with a live area at the bottom of the console, which is gone when the sweep is over.</summary>
    public static T Watch<T>(IAnsiConsole console, int runs, Func<ISweepObserver, T> run)
    {
        var texts = new TextColumn();
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), texts)
            .Start(bars => run(new LiveSweepObserver(console, bars, texts, runs)));
    }

    public void Noted(string line) => _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{line}[/]");

    public IRunObserver TrialStarted(int number, string values) => new TrialView(_running[number] = _bars.AddTask($"trial {number}"), _texts, number);

    public void TrialEnded(TrialRecord trial, string values, int done, int runs)
    {
        if (_running.TryRemove(trial.Number, out var bar)) bar.StopTask();
        // Full, the bar would be hidden while the last trials still run.
        _all.Value = Math.Min(done, _all.MaxValue - 0.01);
        var mark = trial.Status == TrialStatus.Failed ? "[red]✗[/]" : "[green]✓[/]";
        _console.MarkupLine($"{mark} {Markup.Escape(PlainSweepObserver.Line(trial, done, runs))} [grey]{Markup.Escape(values)}[/]");
    }

    /// <summary>A trial's bar: its stage, how far that is, its pace and what it says.</summary>
    private sealed class TrialView(ProgressTask bar, TextColumn texts, int number) : IRunObserver
    {
        private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
        private Pace _pace = new(TimeProvider.System);
        private long _shown;

        public void StageCached(string stage, ArtifactKey key, StageReason reason) => Show(stage);

        public void StageWaiting(string stage, string owner) => Show($"{stage}, which another makes");

        public void StageStarted(string stage, ArtifactKey key, StageReason reason)
        {
            _pace = new Pace(TimeProvider.System);
            Show(stage);
        }

        public void StageAdvanced(string stage, in ProgressFacts facts)
        {
            if (facts.Step < facts.Steps && Stopwatch.GetElapsedTime(_shown) < Refresh) return;
            _shown = Stopwatch.GetTimestamp();
            _pace.Update(facts);
            bar.IsIndeterminate = facts.Steps <= 0;
            bar.MaxValue = Math.Max(1, facts.Steps);
            // A full bar counts as finished and is hidden, but the trial has further stages.
            bar.Value = Math.Min(facts.Step, bar.MaxValue - 0.01);
            texts.Show(bar, _pace.ToString());
        }

        public void StageNoted(string stage, string line)
        {
        }

        public void StageFinished(string stage, ArtifactKey key, TimeSpan duration)
        {
        }

        public void StageStopped(string stage)
        {
        }

        private void Show(string text)
        {
            bar.Description = Markup.Escape($"trial {number} {text}");
            bar.IsIndeterminate = true;
            texts.Show(bar, "");
        }
    }

    /// <summary>What each trial's stage says of itself.</summary>
    private sealed class TextColumn : ProgressColumn
    {
        private readonly ConcurrentDictionary<int, string> _texts = new();

        public void Show(ProgressTask task, string text) => _texts[task.Id] = text;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(_texts.GetValueOrDefault(task.Id, ""));
    }
}
