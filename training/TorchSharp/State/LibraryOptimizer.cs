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

    public LibraryOptimizer(OptimizerOptions options, ParameterInfo[] parameters, Modules.Parameter[] weights)
    {
        var alike = parameters.Select((info, i) => (Info: info, Index: i)).GroupBy(p => (p.Info.RateFactor, p.Info.UntilEpoch, Decay: p.Info.DecayBy(options))).ToArray();
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
        _groups = [.. groups.Zip(alike, (group, like) => (group, like.First().Info))];
        _states = [.. alike.SelectMany(g => g).Zip(_optimizer.state_dict().State, (p, state) => (p.Info.Name, weights[p.Index], state))];
    }

    /// <summary>Whether TorchSharp has an optimizer that makes the same update.</summary>
    public static bool Has(OptimizerOptions options) => options
        is SgdOptions { DecoupledDecay: false } or AdamOptions or RmsPropOptions { DecoupledDecay: false, Centered: false };

    public IReadOnlyList<(string Name, Tensor Tensor)> State => [.. _states.SelectMany(s => Slots(s.State, s.Weight).Select(slot => ($"{s.Name}/{slot.Slot}", slot.Tensor)))];

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

    /// <summary>The tensors of a parameter's state. SGD makes its velocity in the first step; zero before it is the same.</summary>
    private static (string Slot, Tensor Tensor)[] Slots(Modules.OptimizerState state, Modules.Parameter weight) => state switch
    {
        Modules.Adam.State adam => [(OptimizerSlots.ExpAvg, adam.exp_avg), (OptimizerSlots.ExpAvgSq, adam.exp_avg_sq)],
        Modules.AdamW.State adamW => [(OptimizerSlots.ExpAvg, adamW.exp_avg), (OptimizerSlots.ExpAvgSq, adamW.exp_avg_sq)],
        Modules.RMSProp.State { momentum_buffer: { } momentum } rms => [(OptimizerSlots.SquareAvg, rms.square_avg), (OptimizerSlots.MomentumBuffer, momentum)],
        Modules.RMSProp.State rms => [(OptimizerSlots.SquareAvg, rms.square_avg)],
        Modules.SGD.State sgd => [(OptimizerSlots.MomentumBuffer, sgd.momentum_buffer ??= torch.zeros_like(weight, requires_grad: false).DetachFromDisposeScope())],
        _ => throw new NotSupportedException($"No slots are known of {state.GetType()}."),
    };
}
