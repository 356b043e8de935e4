using OnnxPipeline.Training.Optimizers;
using Modules = TorchSharp.Modules;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>
/// TorchSharp's own optimizers, where they make the same update as ours: SGD, Adam, AdamW, and RMSprop that is not centred, each
/// with the weight decay it has there. Parameters of one rate and one decay are a group.
/// </summary>
internal sealed class LibraryOptimizer : ITorchOptimizer
{
    private readonly Modules.OptimizerHelper _optimizer;
    private readonly (Modules.ParamGroup Group, ParameterInfo Rate)[] _groups;
    private readonly (string Name, Modules.Parameter Weight, Modules.OptimizerState State)[] _states;
    private readonly IReadOnlyList<string> _slots;

    public LibraryOptimizer(OptimizerOptions options, ParameterInfo[] parameters, Modules.Parameter[] weights)
    {
        var alike = parameters.Select((info, i) => (Info: info, Index: i)).GroupBy(p => (p.Info.RateFactor, p.Info.FromEpoch, p.Info.UntilEpoch, Decay: p.Info.DecayBy(options))).ToArray();
        Modules.Parameter[] Weights(IEnumerable<(ParameterInfo Info, int Index)> group) => [.. group.Select(p => weights[p.Index])];
        Modules.ParamGroup[] groups;
        switch (options)
        {
            case SgdOptions sgd:
                var sgdGroups = alike.Select(g => new Modules.SGD.ParamGroup(Weights(g), new Modules.SGD.Options { weight_decay = g.Key.Decay })).ToArray();
                _optimizer = new Modules.SGD(sgdGroups, 0, sgd.Momentum, nesterov: sgd.Nesterov);
                groups = sgdGroups;
                break;
            case AdamWOptions adamW:
                var adamWGroups = alike.Select(g => new Modules.AdamW.ParamGroup(Weights(g), new Modules.AdamW.Options { weight_decay = g.Key.Decay })).ToArray();
                _optimizer = new Modules.AdamW(adamWGroups, 0, adamW.Beta1, adamW.Beta2, adamW.Epsilon);
                groups = adamWGroups;
                break;
            case AdamOptions adam:
                var adamGroups = alike.Select(g => new Modules.Adam.ParamGroup(Weights(g), new Modules.Adam.Options { weight_decay = g.Key.Decay })).ToArray();
                _optimizer = new Modules.Adam(adamGroups, 0, adam.Beta1, adam.Beta2, adam.Epsilon);
                groups = adamGroups;
                break;
            case RmsPropOptions rmsProp:
                var rmsPropGroups = alike.Select(g => new Modules.RMSProp.ParamGroup(Weights(g), new Modules.RMSProp.Options { weight_decay = g.Key.Decay })).ToArray();
                _optimizer = new Modules.RMSProp(rmsPropGroups, 0, rmsProp.Alpha, rmsProp.Epsilon, 0, rmsProp.Momentum);
                groups = rmsPropGroups;
                break;
            default:
                throw OptimizerSlots.Unknown(options);
        }
        _slots = OptimizerSlots.Of(options);
        _groups = [.. groups.Zip(alike, (group, like) => (group, like.First().Info))];
        _states = [.. alike.SelectMany(g => g).Zip(_optimizer.state_dict().State, (p, state) => (p.Info.Name, weights[p.Index], state))];
    }

    /// <summary>Whether TorchSharp has an optimizer that makes the same update.</summary>
    public static bool Has(OptimizerOptions options) => options
        is SgdOptions { DecoupledDecay: false } or AdamOptions or RmsPropOptions { DecoupledDecay: false, Centered: false };

    public IReadOnlyList<(string Name, Tensor Tensor)> State => [.. _states.SelectMany(s => _slots.Select(slot => ($"{s.Name}/{slot}", TensorOf(slot, s.State, s.Weight))))];

    public void Step(in StepSettings settings)
    {
        foreach (var (group, rate) in _groups) group.LearningRate = rate.RateOf(settings);
        // Adam's correction of the first steps' bias depends on the step alone, so that a resumed run goes on with it.
        foreach (var (_, _, state) in _states)
        {
            if (state is Modules.Adam.State adam) adam.step = settings.Step - 1;
            else if (state is Modules.AdamW.State adamW) adamW.step = settings.Step - 1;
        }
        _optimizer.step()?.Dispose();
    }

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        foreach (var (name, tensor) in State) HostCopy.Write(state, name, tensor);
    }

    public void Dispose() => _optimizer.Dispose();

    /// <summary>A tensor of a parameter's state. SGD makes its velocity in the first step; zero before it is the same.</summary>
    private static Tensor TensorOf(string slot, Modules.OptimizerState state, Modules.Parameter weight) => (slot, state) switch
    {
        (OptimizerSlots.ExpAvg, Modules.Adam.State adam) => adam.exp_avg,
        (OptimizerSlots.ExpAvgSq, Modules.Adam.State adam) => adam.exp_avg_sq,
        (OptimizerSlots.ExpAvg, Modules.AdamW.State adamW) => adamW.exp_avg,
        (OptimizerSlots.ExpAvgSq, Modules.AdamW.State adamW) => adamW.exp_avg_sq,
        (OptimizerSlots.SquareAvg, Modules.RMSProp.State rmsProp) => rmsProp.square_avg,
        (OptimizerSlots.MomentumBuffer, Modules.RMSProp.State rmsProp) => rmsProp.momentum_buffer,
        (OptimizerSlots.MomentumBuffer, Modules.SGD.State sgd) => sgd.momentum_buffer ??= torch.zeros_like(weight, requires_grad: false).DetachFromDisposeScope(),
        _ => throw new NotSupportedException($"{state.GetType().FullName} has no tensor '{slot}'."),
    };
}
