using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>What a step does with gradients, which autograd has summed over the step's batches: masks, penalty, clipping, and the optimizer.</summary>
internal sealed class TorchUpdate : IDisposable
{
    private readonly TorchState _state;
    private readonly TrainOptions _options;
    private readonly ParameterInfo[] _parameters;
    private readonly ITorchOptimizer _optimizer;
    private readonly (int Weight, Tensor Mask)[] _masks;

    public TorchUpdate(TrainingGraph graph, TorchState state, TrainOptions options, IReadOnlyList<Initializer> masks, torch.Device device, TorchCompiler compiler)
    {
        (_state, _options) = (state, options);
        OptimizerCheck.ThrowIfInvalid(options.Optimizer);
        _parameters = ParameterGroups.Of(graph.Parameters, options);
        _masks = [.. masks.Select(mask => (Array.IndexOf(state.WeightNames, mask.Name), TorchTypes.Create(mask, device)))];
        _optimizer = LibraryOptimizer.Has(options.Optimizer)
            ? new LibraryOptimizer(options.Optimizer, _parameters, state.Weights)
            : new GraphUpdateOptimizer(options.Optimizer, _parameters, state, compiler);
    }

    /// <summary>The optimizer's state and the masks, by the names that they are saved under.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => _optimizer.State.Concat(_masks.Select(m => (WeightMasks.StateName(_state.WeightNames[m.Weight]), m.Mask)));

    /// <summary>Changes the weights.</summary>
    /// <param name="step">The step.</param>
    /// <param name="lossScale">What the gradients are too large by.</param>
    /// <returns>The norm of all gradients together before clipping; 0 without clipping. Null where they overflowed 16 bits, and the weights were left as they were.</returns>
    /// <exception cref="NonFiniteGradientException">The norm is not finite, and there is no loss scale to blame.</exception>
    public double? Apply(in TrainingStep step, double lossScale)
    {
        using var _ = torch.no_grad();
        if (lossScale != 1 && !Unscaled(lossScale)) return null;
        foreach (var (weight, mask) in _masks) _state.Gradient(weight)?.MultiplyBy(mask);
        for (var i = 0; i < _parameters.Length; i++) Prepare(i, step.Epoch);

        var norm = _options.ClipNorm is { } limit ? Clip(limit, step.Number) : 0;
        _optimizer.Step(new StepSettings(step.Number, step.LearningRate, Epoch: step.Epoch));
        foreach (var (weight, mask) in _masks) _state.Weights[weight].MultiplyBy(mask);
        return norm;
    }

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        _optimizer.Restore(state);
        foreach (var (weight, mask) in _masks) HostCopy.Write(state, WeightMasks.StateName(_state.WeightNames[weight]), mask);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var (_, mask) in _masks) mask.Dispose();
    }

    /// <summary>A gradient that no longer counts becomes 0; a penalty's is added: λ₁·sign(w) + 2λ₂·w.</summary>
    private void Prepare(int parameter, int epoch)
    {
        var info = _parameters[parameter];
        if (_state.Gradient(parameter) is not { } gradient) return;
        if (!info.IsTrainedIn(epoch)) gradient.SetZero();
        else if (_options.Penalty is { } penalty && info.Decays)
        {
            var weight = _state.Weights[parameter];
            if (penalty.L1 != 0)
            {
                using var sign = weight.sign();
                gradient.Accumulate(sign, penalty.L1);
            }
            if (penalty.L2 != 0) gradient.Accumulate(weight, 2 * penalty.L2);
        }
    }

    private double Clip(double limit, long step)
    {
        var norm = Norm();
        if (!double.IsFinite(norm)) throw new NonFiniteGradientException(step, _state.FirstNonFiniteGradient());
        Scale(GradientNorm.ClipFactor(norm, limit));
        return norm;
    }

    /// <summary>Takes the loss scale out of the gradients; false where they overflowed.</summary>
    private bool Unscaled(double lossScale)
    {
        if (!double.IsFinite(Norm())) return false;
        Scale(1 / lossScale);
        return true;
    }

    private void Scale(double factor)
    {
        if (factor == 1) return;
        for (var i = 0; i < _parameters.Length; i++) _state.Gradient(i)?.MultiplyBy(factor);
    }

    /// <summary>The L2 norm of all gradients together, summed in float64 and read from the device once.</summary>
    private double Norm()
    {
        using var scope = torch.NewDisposeScope();
        var total = torch.zeros([], ScalarType.Float64, _state.Weights[0].device);
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_state.Gradient(i) is { } gradient) total.add_(gradient.to(ScalarType.Float64).square().sum());
        }
        return Math.Sqrt(total.item<double>());
    }
}
