using OnnxPipeline.Training.Averaging;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>Averages of the weights and running statistics: the same arithmetic as <see cref="WeightAverages"/>, where the weights are.</summary>
internal sealed class TorchAverages : IDisposable
{
    private readonly AveragingOptions _options;
    private readonly TorchState _state;
    private readonly Tensor[] _current;

    /// <summary>Averages that begin at the state's values.</summary>
    public TorchAverages(AveragingOptions options, TorchState state)
    {
        (_options, _state) = (options, state);
        _current = [.. state.Persistent.Select(p => p.Tensor)];
        using var _ = torch.no_grad();
        Values = [.. _current.Select(t => t.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>In the order of <see cref="TorchState.Persistent"/>: weights, then running statistics.</summary>
    public Tensor[] Values { get; }

    public IEnumerable<Tensor> Statistics => Values.Skip(_state.Weights.Length);

    public void AfterStep(long step)
    {
        var share = AveragingPlan.ShareAfterStep(_options, step);
        if (share == 0) return;
        using var _ = torch.no_grad();
        for (var i = 0; i < Values.Length; i++)
        {
            var isWeight = i < _state.Weights.Length;
            if (isWeight || _options is EmaOptions) Towards(Values[i], _current[i], share);
            else Values[i].CopyFrom(_current[i]);
            if (isWeight && _options is LookaheadOptions) _current[i].CopyFrom(Values[i]);
        }
    }

    /// <summary>Brings SWA's averages up to the end of an epoch, counted from 1.</summary>
    /// <returns>Whether batch normalisation needs its statistics anew.</returns>
    public bool AfterEpoch(int epoch)
    {
        if (_options is not SwaOptions swa) return false;
        using var _ = torch.no_grad();
        for (var i = 0; i < Values.Length; i++)
        {
            var average = HostCopy.Floats(Values[i]);
            AveragingPlan.EndEpoch(swa, epoch, HostCopy.Floats(_current[i]), average);
            HostCopy.Write(average, Values[i]);
        }
        return AveragingPlan.Joins(swa, epoch) && _state.Statistics.Length > 0;
    }

    public void Dispose()
    {
        foreach (var value in Values) value.Dispose();
    }

    private static void Towards(Tensor average, Tensor current, double share)
    {
        using var difference = current.sub(average);
        average.Accumulate(difference, share);
    }
}
