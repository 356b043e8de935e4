using System.Numerics.Tensors;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Engines;

/// <summary>What a step on the CPU does with gradients: accumulation, masks, penalty, clipping, and the fused optimizer.</summary>
internal sealed class WeightUpdate : IDisposable
{
    private readonly ModelState _state;
    private readonly TrainOptions _options;
    private readonly ParameterInfo[] _parameters;
    private readonly Optimizer _optimizer;
    private readonly NativeTensor[] _sums;
    private readonly WeightMasks? _masks;

    public WeightUpdate(TrainingGraph graph, ModelState state, TrainOptions options, WeightMasks? masks)
    {
        (_state, _options, _masks) = (state, options, masks);
        _parameters = ParameterGroups.Of(graph.Parameters, options);
        _optimizer = Optimizer.Create(options.Optimizer, _parameters);
        _sums = options.Accumulate > 1 ? [.. state.Gradients.Select(g => new NativeTensor(g.Name, g.Dims))] : [];
    }

    /// <summary>The optimizer's state.</summary>
    public IReadOnlyList<OptimizerState> State => _optimizer.State;

    /// <summary>Takes a batch's gradients: keeps them, or after a step's last batch changes the weights.</summary>
    /// <returns>The norm of all gradients together before clipping; 0 without clipping or before the last batch.</returns>
    public double Apply(in TrainingStep step)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            var sum = _sums[i].Span;
            var gradient = _state.Gradients[i].Span;
            if (step.IsLast) TensorPrimitives.Add(gradient, sum, gradient);
            else if (step.Part == 0) gradient.CopyTo(sum);
            else TensorPrimitives.Add(sum, gradient, sum);
        }
        if (!step.IsLast) return 0;

        _masks?.ApplyToGradients(_state);
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (!_parameters[i].IsTrainedIn(step.Epoch)) _state.Gradients[i].Span.Clear();
            else if (_options.Penalty is { } penalty && _parameters[i].Decays) Penalty.AddGradient(penalty, _state.Weights[i].Span, _state.Gradients[i].Span);
        }
        var (norm, scale) = _options.ClipNorm is { } limit ? Clip(limit, step.Number) : (0, 1);
        var settings = new StepSettings(step.Number, step.LearningRate, scale, step.Epoch);
        for (var i = 0; i < _parameters.Length; i++) _optimizer.Update(i, _state.Weights[i].Span, _state.Gradients[i].Span, settings);
        _masks?.ApplyToWeights(_state);
        return norm;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var sum in _sums) sum.Dispose();
    }

    private (double Norm, double Scale) Clip(double limit, long step)
    {
        var sum = 0.0;
        foreach (var gradient in _state.Gradients) sum += GradientNorm.SumOfSquares(gradient.Span);
        var norm = Math.Sqrt(sum);
        if (!double.IsFinite(norm)) throw new NonFiniteGradientException(step, _parameters[Array.FindIndex(_state.Gradients, g => GradientNorm.IndexOfNonFinite(g.Span) >= 0)].Name);
        return (norm, GradientNorm.ClipFactor(norm, limit));
    }
}
