namespace OnnxPipeline.Training.Optimizers;

/// <summary>What <see cref="GraphOptimizer.Append"/> added for one parameter: run the graph, then let each output take its input's place.</summary>
/// <param name="Weight">The weight before the step.</param>
/// <param name="NewWeight">The output that holds it after the step.</param>
/// <param name="State">The state, in the order of <see cref="OptimizerSlots.Of"/>.</param>
public sealed record GraphOptimizerOutputs(string Weight, string NewWeight, IReadOnlyList<GraphOptimizerState> State);

/// <param name="Slot">One of <see cref="OptimizerSlots"/>.</param>
/// <param name="Input">The graph input that takes the state.</param>
/// <param name="Output">The graph output that gives the next.</param>
public sealed record GraphOptimizerState(string Slot, string Input, string Output);
