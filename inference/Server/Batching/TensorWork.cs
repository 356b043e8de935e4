using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Metrics;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Tensors for a model. It owns what the model gave; the inputs stay the caller's, and are in use until it is complete.</summary>
internal sealed class TensorWork : Work, IDisposable
{
    private readonly ModelSession _session;
    private readonly IReadOnlyList<OrtValue> _inputs;
    private readonly IReadOnlyList<string> _outputNames;
    private readonly ModelStatistics _statistics;
    private readonly int _maxBatch;
    private readonly bool _joins;
    private readonly string? _adapter;
    private readonly long[][] _shapes;

    /// <param name="session">The model.</param>
    /// <param name="inputs">A tensor for each of its inputs, in their order.</param>
    /// <param name="outputNames">Which outputs are wanted.</param>
    /// <param name="maxBatch">The most samples in a run; null where the first axis is not known to be a batch.</param>
    /// <param name="statistics">Where runs are counted.</param>
    /// <param name="adapter">The adapter to run with; null for none. Work with different ones never shares a run.</param>
    /// <exception cref="RequestException">400: the inputs are not of the same number of samples.</exception>
    public TensorWork(ModelSession session, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames, int? maxBatch, ModelStatistics statistics, string? adapter = null)
    {
        (_session, _inputs, _outputNames, _statistics, _adapter) = (session, inputs, outputNames, statistics, adapter);
        (_joins, _maxBatch) = (maxBatch is not null, maxBatch ?? int.MaxValue);
        _shapes = [.. inputs.Select(input => input.GetTensorTypeAndShape().Shape)];
        Samples = _joins ? (int)_shapes[0][0] : 1;
        if (_joins && _shapes.Any(shape => shape[0] != Samples))
            throw RequestException.BadRequest($"The inputs hold different numbers of samples: {string.Join(", ", session.Inputs.Zip(_shapes, (spec, shape) => $"{spec.Name} {shape[0]}"))}.");
    }

    public override int Samples { get; }

    /// <summary>What was wanted, in that order, once the work is complete.</summary>
    public IReadOnlyList<OrtValue> Outputs { get; private set; } = [];

    public override bool JoinsWith(Work other) => _joins && Samples > 0 && other is TensorWork { Samples: > 0 } tensors && _adapter == tensors._adapter && HasFormOf(tensors);

    public override void Run(IReadOnlyList<Work> batch)
    {
        var works = batch.Cast<TensorWork>().ToArray();
        string[] names = [.. _session.Outputs.Select(o => o.Name).Where(name => works.Any(w => w._outputNames.Contains(name)))];
        var samples = works.Sum(w => w.Samples);
        var parts = new List<IDisposableReadOnlyCollection<OrtValue>>();
        try
        {
            long first = 0;
            do
            {
                var count = (int)Math.Min(_maxBatch, samples - first);
                parts.Add(RunPart(works, first, count, names));
                first += count;
            }
            while (first < samples);
            var start = Stopwatch.GetTimestamp();
            Split(works, names, parts);
            _statistics.OutputsSplit(Stopwatch.GetElapsedTime(start));
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var output in Outputs) output.Dispose();
    }

    /// <summary>Whether the inputs of the two agree in all axes but the first.</summary>
    private bool HasFormOf(TensorWork other)
    {
        for (var i = 0; i < _shapes.Length; i++)
        {
            if (!_shapes[i].AsSpan(1).SequenceEqual(other._shapes[i].AsSpan(1))) return false;
        }
        return true;
    }

    private IDisposableReadOnlyCollection<OrtValue> RunPart(TensorWork[] works, long first, int count, string[] names)
    {
        var start = Stopwatch.GetTimestamp();
        string[] inputNames = [.. _session.Inputs.Select(i => i.Name)];
        var whole = works.Length == 1 && count == Samples;
        OrtValue[] inputs = whole ? [.. _inputs] : [.. inputNames.Select((_, i) => RowTensors.Take([.. works.Select(w => w._inputs[i])], first, count))];
        try
        {
            var joined = Stopwatch.GetTimestamp();
            var outputs = _session.Run(inputNames, inputs, names, _adapter);
            _statistics.Executed(count, Stopwatch.GetElapsedTime(start, joined), Stopwatch.GetElapsedTime(joined));
            return outputs;
        }
        finally
        {
            if (!whole)
            {
                foreach (var input in inputs) input.Dispose();
            }
        }
    }

    /// <summary>Gives each work its rows.</summary>
    private void Split(TensorWork[] works, string[] names, List<IDisposableReadOnlyCollection<OrtValue>> parts)
    {
        if (works.Length == 1 && parts.Count == 1)
        {
            // Nothing to split: the tensors change hands as they are.
            Outputs = [.. _outputNames.Select(name => parts[0].ElementAt(Array.IndexOf(names, name)))];
            parts.Clear();
            return;
        }
        foreach (var name in names)
        {
            var rows = parts.Sum(part => RowTensors.Count(part.ElementAt(Array.IndexOf(names, name))));
            if (rows != works.Sum(w => w.Samples)) throw new ModelException($"{_session.Source}: output '{name}' gave {rows} rows for {works.Sum(w => w.Samples)} samples, so that it cannot be told whose they are.");
        }
        long first = 0;
        foreach (var work in works)
        {
            work.Outputs = [.. work._outputNames.Select(name => RowTensors.Take([.. parts.Select(part => part.ElementAt(Array.IndexOf(names, name)))], first, work.Samples))];
            first += work.Samples;
        }
    }
}
