namespace OnnxPipeline.Training.Loop;

/// <summary>A step just taken. <paramref name="Loss"/> is the mean over its batch.</summary>
public readonly record struct StepFacts(int Epoch, int Epochs, int Step, int StepsPerEpoch, int Samples, double Loss, double Accuracy, double LearningRate);

/// <summary>Is told what happens in training; decides nothing.</summary>
public interface ITrainingObserver
{
    void Started(string engine, int epochs, int stepsPerEpoch, TrainingProgress resumedFrom)
    {
    }

    void Stepped(in StepFacts facts)
    {
    }

    void EpochEnded(EpochMetrics metrics, bool isBest)
    {
    }

    void CheckpointSaved(string path)
    {
    }

    void Stopped(string reason)
    {
    }
}
