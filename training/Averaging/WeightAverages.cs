using System.Numerics.Tensors;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Averaging;

/// <summary>Averages of the weights and running statistics of a model in CPU memory.</summary>
internal sealed class WeightAverages : IDisposable
{
    private readonly AveragingOptions _options;
    private readonly ModelState _state;
    private readonly NativeTensor[] _current;

    /// <summary>Averages that begin at the state's values.</summary>
    public WeightAverages(AveragingOptions options, ModelState state)
    {
        (_options, _state) = (options, state);
        _current = [.. state.Persistent];
        Values = [.. _current.Select(t => t.Copy())];
    }

    /// <summary>Under the names of what they average: weights, then running statistics.</summary>
    public NativeTensor[] Values { get; }

    public IEnumerable<NativeTensor> Statistics => Values.Skip(_state.Weights.Length);

    public void AfterStep(long step)
    {
        var share = (float)AveragingPlan.ShareAfterStep(_options, step);
        if (share == 0) return;
        for (var i = 0; i < Values.Length; i++)
        {
            var isWeight = i < _state.Weights.Length;
            var average = Values[i].Span;
            var current = _current[i].Span;
            if (isWeight || _options is EmaOptions) TensorPrimitives.Lerp(average, current, share, average);
            else current.CopyTo(average);
            if (isWeight && _options is LookaheadOptions) average.CopyTo(current);
        }
    }

    /// <summary>Brings SWA's averages up to the end of an epoch, counted from 1.</summary>
    /// <returns>Whether batch normalisation needs its statistics anew.</returns>
    public bool AfterEpoch(int epoch)
    {
        if (_options is not SwaOptions swa) return false;
        foreach (var (average, current) in Values.Zip(_current)) AveragingPlan.EndEpoch(swa, epoch, current.Span, average.Span);
        return AveragingPlan.Joins(swa, epoch) && _state.Statistics.Length > 0;
    }

    public void Dispose()
    {
        foreach (var value in Values) value.Dispose();
    }
}
