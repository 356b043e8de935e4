using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Tells a run's observer of training: every step as progress, every epoch as a line.</summary>
internal sealed class TrainingView(IStageProgress progress) : ITrainingObserver
{
    private const double Smoothing = 0.98;
    private double _loss = double.NaN;
    private string _text = "";
    private long _shown;

    public void Started(string engine, int epochs, int stepsPerEpoch, TrainingProgress resumedFrom)
    {
        progress.Note($"{engine}, {epochs} epoch{(epochs == 1 ? "" : "s")} of {stepsPerEpoch} batches");
        if (resumedFrom.Epoch > 0 || resumedFrom.StepInEpoch > 0)
            progress.Note($"taken up from the checkpoint at epoch {resumedFrom.Epoch + 1}, batch {resumedFrom.StepInEpoch}");
    }

    public void Stepped(in StepFacts facts)
    {
        _loss = double.IsNaN(_loss) ? facts.Loss : Smoothing * _loss + (1 - Smoothing) * facts.Loss;
        // The text is for people: ten times a second is plenty, and steps between allocate nothing.
        if (Environment.TickCount64 - _shown > 100)
        {
            _text = string.Create(CultureInfo.InvariantCulture, $"epoch {facts.Epoch}/{facts.Epochs}  loss {_loss:0.0000}");
            _shown = Environment.TickCount64;
        }
        progress.Advance(new ProgressFacts((long)(facts.Epoch - 1) * facts.StepsPerEpoch + facts.Step, (long)facts.Epochs * facts.StepsPerEpoch, "batches", _text));
    }

    public void EpochEnded(EpochMetrics metrics, bool isBest)
    {
        progress.Note($"epoch {metrics.Epoch}  {Part("loss", metrics.TrainLoss, metrics.TrainAccuracy)}{Part("  validation loss", metrics.ValidationLoss, metrics.ValidationAccuracy)}{(isBest ? "  best so far" : "")}");

        static string Part(string name, double? loss, double? accuracy) =>
            (loss is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{name} {loss:0.0000}")) + (accuracy is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  accuracy {100 * accuracy:0.00} %"));
    }

    public void Stopped(string reason) => progress.Note(reason);
}
