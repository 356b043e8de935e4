namespace OnnxPipeline.Training.Probes;

/// <summary>What is inside a model after an epoch, measured on the same training samples each time.</summary>
/// <param name="Layers">Every layer with weights and every activation, from the input on.</param>
/// <param name="Parameters">Every trained parameter, in the graph's order.</param>
/// <param name="ParameterNorm">L2 norm of all parameters together.</param>
public sealed record ProbeFacts(IReadOnlyList<LayerProbe> Layers, IReadOnlyList<ParameterProbe> Parameters, double ParameterNorm);

/// <summary>The outputs of a layer over all samples and positions.</summary>
/// <param name="Layer">The node's name.</param>
/// <param name="Mean">Near 0 where activations are well centred.</param>
/// <param name="MeanAbs">Mean absolute value.</param>
/// <param name="Std">The population's standard deviation.</param>
public sealed record LayerProbe(string Layer, double Mean, double MeanAbs, double Std);

/// <summary>A parameter and its gradient, the mean loss's, before clipping and penalties.</summary>
/// <param name="Parameter">The initializer's name.</param>
/// <param name="MeanAbsGradient">Mean absolute value of the gradient's elements.</param>
/// <param name="MeanAbsWeight">Mean absolute value of the weights.</param>
public sealed record ParameterProbe(string Parameter, double MeanAbsGradient, double MeanAbsWeight);
