namespace OnnxPipeline.Training.Optimizers;

/// <summary>What changes from step to step.</summary>
/// <param name="Step">The step's number, from 1; Adam's bias corrections depend on it.</param>
/// <param name="LearningRate">The base learning rate times the schedule's factor.</param>
/// <param name="GradientScale">Multiplies every gradient first: the factor of clipping, or one over a loss scale.</param>
/// <param name="Epoch">The epoch under way, counted from 0: groups may be trained for some epochs only.</param>
public readonly record struct StepSettings(long Step, double LearningRate, double GradientScale = 1, int Epoch = 0);
