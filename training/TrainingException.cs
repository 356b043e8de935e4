namespace OnnxPipeline.Training;

/// <summary>Training cannot start or go on; the message says where, what was expected and what to do.</summary>
public class TrainingException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The loss is no longer a finite number. Names the step and the first tensor, in graph order, that holds a bad value.</summary>
public sealed class NonFiniteLossException(long step, double loss, string? firstBadTensor)
    : TrainingException($"The loss became {loss} at step {step}" + (firstBadTensor is null ? "." : $"; the first non-finite tensor is '{firstBadTensor}'.")
        + " A lower learning rate, a warm-up or clipNorm usually helps.")
{
    public long Step => step;

    public string? FirstBadTensor => firstBadTensor;
}
