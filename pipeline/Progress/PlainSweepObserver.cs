using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells of a sweep in plain lines: one when a trial begins and one when it ends.</summary>
internal sealed class PlainSweepObserver(TextWriter output) : ISweepObserver
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    public void Noted(string line) => _output.WriteLine(line);

    public IRunObserver TrialStarted(int number, string values)
    {
        _output.WriteLine($"trial {number}: {values}");
        return new SilentRunObserver();
    }

    public void TrialEnded(TrialRecord trial, string values, int done, int runs) => _output.WriteLine(Line(trial, done, runs));

    /// <summary>For example "trial 3: done in 4.1 s (3/12)".</summary>
    public static string Line(TrialRecord trial, int done, int runs) => trial.Status == TrialStatus.Failed
        ? $"trial {trial.Number}: failed: {trial.Reason} ({done}/{runs})"
        : string.Create(CultureInfo.InvariantCulture, $"trial {trial.Number}: done in {trial.Seconds:0.0} s ({done}/{runs})");
}
