using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Engines;

/// <summary>What varies from step to step.</summary>
/// <param name="Number">The step, counted from 1 over the whole run; Adam's bias correction depends on it.</param>
/// <param name="LearningRate">The rate of this step, the schedule's factor included.</param>
/// <param name="Epoch">The epoch under way, counted from 0.</param>
public readonly record struct TrainingStep(long Number, double LearningRate, int Epoch = 0)
{
    /// <summary>Which of the step's batches this is, from 0: its gradients are kept, and the last one's change the weights.</summary>
    public int Part { get; init; }

    /// <summary>Batches of the step: <see cref="TrainOptions.Accumulate"/>.</summary>
    public int Parts { get; init; } = 1;

    public bool IsLast => Part == Parts - 1;

    /// <summary>The batch's number, counted from 1 over the whole run; keys the dropout masks.</summary>
    public long BatchNumber => (Number - 1) * Parts + Part + 1;
}

/// <summary>What a step or an evaluation found.</summary>
/// <param name="Loss">Summed over the samples, not averaged.</param>
/// <param name="Correct">Samples whose label the model gives; 0 in a regression.</param>
/// <param name="Count">Samples.</param>
/// <param name="GradientNorm">L2 norm of all gradients together before clipping; 0 where it was not asked for.</param>
public readonly record struct StepOutcome(double Loss, int Correct, int Count, double GradientNorm = 0)
{
    /// <summary>Of two batches together; the norm is the later one's, which completes a step.</summary>
    public static StepOutcome operator +(StepOutcome one, StepOutcome other) =>
        new(one.Loss + other.Loss, one.Correct + other.Correct, one.Count + other.Count, other.GradientNorm);
}

/// <summary>
/// Trains one ONNX graph: holds its weights, running statistics and optimizer state, and changes them step by step. The loop,
/// the schedules and the checkpoints are the same for every engine.
/// </summary>
public interface ITrainingEngine : IDisposable
{
    /// <summary>Name, version and device, for example "ort 1.29.0 on cpu".</summary>
    string Description { get; }

    /// <summary>Whether samples can be right or wrong; false for a regression.</summary>
    bool Classifies { get; }

    /// <summary>Forward, backward and update on one batch.</summary>
    /// <exception cref="NonFiniteLossException">The loss is not finite; the weights were left as they were.</exception>
    /// <exception cref="NonFiniteGradientException">Clipping is on and the norm of the gradients is not finite; the weights were left as they were.</exception>
    StepOutcome Step(Batch batch, in TrainingStep step);

    /// <summary>Ends an epoch: brings averages of weights that move with epochs up to date.</summary>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="batches">The training samples, for the statistics of batch normalisation under averaged weights.</param>
    void EndEpoch(int epoch, BatchLoader batches);

    /// <summary>Forward in inference mode: dropout off, running statistics in place of the batch's, and averaged weights where there are any.</summary>
    StepOutcome Evaluate(Batch batch);

    /// <summary>Copies the weights and running statistics, averaged where they are, into the initializers of a model of the same graph.</summary>
    void CopyWeightsTo(Model model);

    /// <summary>Changes which elements of weights stay exactly 0 from now on, of weights that had masks from the beginning.</summary>
    /// <param name="masks">Float tensors of 1 and 0, under their weights' names.</param>
    /// <exception cref="TrainingException">A weight had no mask from the beginning.</exception>
    void SetMasks(IReadOnlyList<Initializer> masks) => throw new TrainingException($"The engine {Description} keeps no masks of weights.");

    /// <summary>Everything that decides the steps to come, as named tensors: weights, running statistics, optimizer state, averages, masks.</summary>
    IReadOnlyList<Initializer> Capture();

    /// <summary>Takes up a captured state.</summary>
    /// <exception cref="TrainingException">A tensor is missing or has another shape: the state is of another model or optimizer.</exception>
    void Restore(IReadOnlyDictionary<string, Initializer> state);
}
