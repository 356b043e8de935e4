using System.Runtime.InteropServices;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>measured.json of training: how long its epochs took. Those from before an interruption are not among them.</summary>
/// <param name="Machine">What it ran on.</param>
/// <param name="Epochs">In order.</param>
internal sealed record TrainingTimes(string Machine, IReadOnlyList<EpochTime> Epochs)
{
    /// <summary>This machine, for people.</summary>
    public static string ThisMachine => $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}";
}

/// <summary>How long an epoch took, in seconds: its steps over <paramref name="Samples"/> samples alone, and with validation and checkpoints.</summary>
internal sealed record EpochTime(int Epoch, long Samples, double StepSeconds, double Seconds);

/// <summary>Takes the time of epochs, and passes on what it is told.</summary>
internal sealed class EpochClock(ITrainingObserver inner, TimeProvider time) : ITrainingObserver
{
    private readonly List<EpochTime> _epochs = [];
    private long _began;
    private long _stepped;
    private long _samples;

    public IReadOnlyList<EpochTime> Epochs => _epochs;

    public void Started(string engine, int epochs, int stepsPerEpoch, TrainingProgress resumedFrom)
    {
        inner.Started(engine, epochs, stepsPerEpoch, resumedFrom);
        _began = time.GetTimestamp();
    }

    public void Stepped(in StepFacts facts)
    {
        _samples += facts.Samples;
        _stepped = time.GetTimestamp();
        inner.Stepped(facts);
    }

    public void EpochEnded(EpochMetrics metrics, bool isBest)
    {
        var now = time.GetTimestamp();
        _epochs.Add(new EpochTime(metrics.Epoch, _samples, time.GetElapsedTime(_began, _stepped).TotalSeconds, time.GetElapsedTime(_began, now).TotalSeconds));
        (_began, _samples) = (now, 0);
        inner.EpochEnded(metrics, isBest);
    }

    public void CheckpointSaved(string path) => inner.CheckpointSaved(path);

    public void Stopped(string reason) => inner.Stopped(reason);
}
