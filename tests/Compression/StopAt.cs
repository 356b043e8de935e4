using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Compression.Tests;

/// <summary>Asks a training to stop after so many steps.</summary>
internal sealed class StopAt(int step, CancellationTokenSource cancellation) : ITrainingObserver
{
    private int _taken;

    public void Stepped(in StepFacts facts)
    {
        if (++_taken == step) cancellation.Cancel();
    }
}
