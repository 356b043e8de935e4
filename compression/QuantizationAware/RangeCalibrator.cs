using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>Where ranges begin: the means of the smallest and the largest value of a few batches, with 0 between them.</summary>
internal static class RangeCalibrator
{
    /// <summary>The ranges of the values that a linear node of the model reads.</summary>
    public static IReadOnlyDictionary<string, TrainedRange> Measure(Model model, BatchLoader batches, int count, SessionSettings settings, CancellationToken cancellation)
    {
        string[] values = [.. model.Graph.Nodes.Where(n => QuantizedValues.IsLinear(n, model.Graph)).Select(n => n.Inputs[0]).Distinct()];
        var (least, most) = (new double[values.Length], new double[values.Length]);
        using var session = SessionFactory.Create(Observing(model, values).ToBytes(), settings);
        using var run = new RunOptions();
        string[] outputs = [.. values.Select(MinOf), .. values.Select(MaxOf)];
        var measured = 0;
        foreach (var batch in batches.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            using var inputs = new BatchInputs(batch);
            using var results = session.Run(run, inputs.Values.Where(v => session.InputMetadata.ContainsKey(v.Key)).ToDictionary(), outputs);
            for (var i = 0; i < values.Length; i++)
            {
                least[i] += Math.Min(0, results[i].GetTensorDataAsSpan<float>()[0]);
                most[i] += Math.Max(0, results[values.Length + i].GetTensorDataAsSpan<float>()[0]);
            }
            if (++measured == count) break;
        }
        return values.Select((value, i) => (value, range: new TrainedRange((float)(least[i] / measured), (float)(most[i] / measured)))).ToDictionary(v => v.value, v => v.range);
    }

    private static string MinOf(string value) => $"calibrate/min/{value}";

    private static string MaxOf(string value) => $"calibrate/max/{value}";

    private static Model Observing(Model source, IEnumerable<string> values)
    {
        var model = source.Clone();
        model.Graph.Outputs.Clear();
        foreach (var value in values)
        {
            model.Graph.Nodes.Add(new Node(Ops.ReduceMin, [value], [MinOf(value)]).Set("keepdims", 0));
            model.Graph.Nodes.Add(new Node(Ops.ReduceMax, [value], [MaxOf(value)]).Set("keepdims", 0));
            model.Graph.Outputs.Add(new Value(MinOf(value), ElementType.Float));
            model.Graph.Outputs.Add(new Value(MaxOf(value), ElementType.Float));
        }
        return model;
    }
}
