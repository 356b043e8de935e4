using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Verification;

/// <summary>Gathers the differences of two classifiers, sample by sample.</summary>
internal sealed class Comparison(ReadOnlyMemory<int> labels)
{
    private int _samples;
    private int _classes;
    private int _agreeing;
    private int _referenceRight;
    private int _deployRight;
    private int _nonFinite;
    private double _sum;
    private SampleComparison? _worst;
    private SampleComparison? _firstDisagreement;

    /// <summary>Adds samples from index <paramref name="start"/> on, each with the probabilities of both models.</summary>
    /// <exception cref="ExportException">The models have different classes.</exception>
    /// <exception cref="ArgumentException">A label is no class.</exception>
    public void Add(int start, IReadOnlyList<double[]> reference, IReadOnlyList<double[]> deploy)
    {
        for (var i = 0; i < reference.Count; i++) Add(start + i, reference[i], deploy[i]);
    }

    public VerifyReport ToReport(VerifyOptions options, IReadOnlyList<BatchComparison> others)
    {
        var worst = _worst!;
        return new VerifyReport
        {
            Passed = Passes(worst.AbsDiff, Share(_agreeing)) && others.All(o => Passes(o.MaxAbsDiff, o.Agreement)),
            Tolerance = options.Tolerance,
            Samples = _samples,
            BatchSize = options.BatchSize,
            MaxAbsDiff = worst.AbsDiff,
            MeanAbsDiff = _sum / ((double)_samples * _classes),
            Agreement = Share(_agreeing),
            ReferenceAccuracy = Share(_referenceRight),
            DeployAccuracy = Share(_deployRight),
            NonFiniteSamples = _nonFinite,
            FirstDisagreement = _firstDisagreement,
            WorstSample = worst,
            OtherBatchSizes = others,
            OrtVersion = Providers.Version,
            Device = options.Deploy.Device.ToString(),
        };

        bool Passes(double difference, double agreement) => difference <= options.Tolerance && agreement == 1;
    }

    public BatchComparison ToBatchComparison(int batchSize) => new(batchSize, _samples, _worst?.AbsDiff ?? 0, Share(_agreeing), _worst?.Index ?? 0);

    private void Add(int index, double[] reference, double[] deploy)
    {
        if (reference.Length != deploy.Length)
            throw new ExportException($"The models have different classes: {reference.Length} and {deploy.Length}. Export from this trained model.");
        var label = labels.Span[index];
        if (label < 0 || label >= reference.Length)
            throw new ArgumentException($"The label of sample {index} is {label}; expected a class from 0 to {reference.Length - 1}.");

        var (largest, sum) = Difference(reference, deploy);
        var (expected, actual) = (ArgMax(reference), ArgMax(deploy));
        var sample = new SampleComparison(index, label, expected, actual, largest, reference, deploy);
        (_samples, _classes, _sum) = (_samples + 1, reference.Length, _sum + sum);
        if (!double.IsFinite(largest)) _nonFinite++;
        if (expected == actual) _agreeing++;
        else _firstDisagreement ??= sample;
        if (expected == label) _referenceRight++;
        if (actual == label) _deployRight++;
        if (_worst is null || largest > _worst.AbsDiff) _worst = sample;
    }

    /// <summary>The largest and the summed difference; both infinite when a number is not finite, on whichever side.</summary>
    private static (double Largest, double Sum) Difference(double[] reference, double[] deploy)
    {
        var (largest, sum) = (0.0, 0.0);
        for (var c = 0; c < reference.Length; c++)
        {
            var difference = Math.Abs(reference[c] - deploy[c]);
            if (!double.IsFinite(difference)) return (double.PositiveInfinity, double.PositiveInfinity);
            largest = Math.Max(largest, difference);
            sum += difference;
        }
        return (largest, sum);
    }

    private static int ArgMax(double[] values)
    {
        var best = 0;
        for (var c = 1; c < values.Length; c++)
        {
            if (values[c] > values[best]) best = c;
        }
        return best;
    }

    private double Share(int count) => _samples == 0 ? 1 : (double)count / _samples;
}
