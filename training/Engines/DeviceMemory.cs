namespace OnnxPipeline.Training.Engines;

/// <summary>What to do about a device whose memory is full.</summary>
internal static class DeviceMemory
{
    /// <summary>What libtorch, ONNX Runtime and CUDA say when memory could not be had.</summary>
    private static readonly string[] Complaints = ["out of memory", "can't allocate memory", "failed to allocate memory", "available memory of"];

    /// <summary>Whether an error says that memory could not be had.</summary>
    public static bool IsExhausted(Exception exception) => Complaints.Any(complaint => exception.Message.Contains(complaint, StringComparison.OrdinalIgnoreCase));

    /// <summary>The error of a batch that does not fit, with one that does: halved until a trial succeeds.</summary>
    /// <param name="batch">Samples of the batch that did not fit.</param>
    /// <param name="fits">Tries a step with so many samples.</param>
    /// <param name="device">The device, in words.</param>
    public static TrainingException Exhausted(int batch, Func<int, bool> fits, string device)
    {
        for (var smaller = batch / 2; smaller >= 1; smaller /= 2)
        {
            if (fits(smaller))
                return new TrainingException($"A batch of {batch} samples does not fit into the memory of {device}. One of {smaller} does: set train.batchSize to {smaller}, and train.accumulate to {(batch + smaller - 1) / smaller} for steps as large as before.");
        }
        return new TrainingException($"Not even one sample of this model fits into the memory of {device}. Free memory on it, take a smaller model, or train on the CPU with train.device: cpu.");
    }
}
