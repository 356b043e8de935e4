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

/// <summary>The loss is finite, but the norm of the gradients is not, so that clipping cannot scale them. Names the step and the first parameter with a bad gradient.</summary>
public sealed class NonFiniteGradientException(long step, string? parameter)
    : TrainingException((parameter is null ? $"The norm of the gradients overflows at step {step}." : $"The gradient of '{parameter}' is no longer finite at step {step}, although the loss is.")
        + " A lower learning rate or a warm-up usually helps; so does keeping values away from where an operator's slope is infinite, such as a square root at 0.")
{
    public long Step => step;

    /// <summary>Null when every gradient is finite, but their squares sum to more than a float holds.</summary>
    public string? Parameter => parameter;
}
