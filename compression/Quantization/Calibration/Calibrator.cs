using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>
/// Finds the ranges of values inside a model from samples: once through for the smallest and largest of each, and a second time, where
/// the method needs it, for histograms between them. No more than one batch is in memory at a time.
/// </summary>
internal sealed class Calibrator(Model model, HeldOutSamples samples, StaticQuantizeOptions options)
{
    private readonly IntegerRange _integers = IntegerRange.OfActivations(options.Activations, options.Symmetric);

    /// <exception cref="QuantizeException">A value is not finite on some sample, or the model takes other samples.</exception>
    /// <exception cref="ArgumentException">There are no samples.</exception>
    public IReadOnlyDictionary<string, ValueRange> Measure(IEnumerable<string> values, CancellationToken cancellation = default)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to calibrate with.");
        string[] names = [.. values];
        if (names.Length == 0) return new Dictionary<string, ValueRange>();
        var extremes = Extremes(names, cancellation);
        if (options.Calibration == CalibrationMethod.MinMax) return extremes;

        var histograms = names.Select(name => new Histogram(extremes[name], options.Bins)).ToArray();
        using var runner = new SampleRunner(model, names);
        runner.Run(samples, options.CalibrationSamples, results =>
        {
            for (var i = 0; i < histograms.Length; i++) histograms[i].Add(results[i].GetTensorDataAsSpan<float>());
        }, cancellation);
        return names.Zip(histograms).ToDictionary(p => p.First, p => Chosen(p.Second));
    }

    private ValueRange Chosen(Histogram histogram) => options.Calibration switch
    {
        CalibrationMethod.Percentile => PercentileRange.Of(histogram, options.Percentile, options.Symmetric),
        CalibrationMethod.Entropy => EntropyRange.Of(histogram, Levels(histogram.Range)),
        CalibrationMethod.MeanSquared => MeanSquaredRange.Of(histogram, _integers, options.Symmetric),
        _ => histogram.Range,
    };

    /// <summary>The integers that magnitudes share: all of them where the values are on one side of zero, else half.</summary>
    private int Levels(ValueRange range) => !options.Symmetric && (range.Min >= 0 || range.Max <= 0) ? _integers.Steps + 1 : (_integers.Steps + 1) / 2;

    private Dictionary<string, ValueRange> Extremes(string[] names, CancellationToken cancellation)
    {
        var augmented = WithExtremes(names, out var outputs);
        var ranges = names.ToDictionary(name => name, _ => new ValueRange(double.PositiveInfinity, double.NegativeInfinity));
        using var runner = new SampleRunner(augmented, outputs);
        runner.Run(samples, options.CalibrationSamples, results =>
        {
            for (var i = 0; i < names.Length; i++)
            {
                var found = Enumerable.Range(0, Reductions.Length).Select(r => results[Reductions.Length * i + r].GetTensorDataAsSpan<float>()[0]).ToArray();
                if (!found.All(float.IsFinite))
                    throw new QuantizeException($"The value '{names[i]}' is not finite on the calibration samples ({string.Join(", ", found)}). Look for weights that diverged, or leave the node that makes it in float32.");
                ranges[names[i]] = ranges[names[i]].Join(new ValueRange(found[0], found[1]));
            }
        }, cancellation);
        return ranges;
    }

    /// <summary>The mean is there because it is never finite where a value is not; the extremes may pass over a NaN.</summary>
    private static readonly string[] Reductions = [Ops.ReduceMin, Ops.ReduceMax, Ops.ReduceMean];

    private Model WithExtremes(string[] names, out string[] outputs)
    {
        var augmented = model.Clone();
        var fresh = new FreshNames(augmented.Graph);
        outputs = [.. names.SelectMany(name => Reductions.Select(reduction =>
        {
            var output = fresh.Of($"{name}.{reduction}");
            augmented.Graph.Nodes.Add(new Node(reduction, [name], [output], output).Set("keepdims", 0L));
            return output;
        }))];
        return augmented;
    }
}
