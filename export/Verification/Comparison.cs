using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Verification;

/// <summary>Gathers the differences of two models' answers, sample by sample.</summary>
internal sealed class Comparison(HeldOutSamples samples, VerifyOptions options)
{
    private readonly bool _classes = samples.Labels.Length > 0;
    private int _samples;
    private int _width;
    private int _agreeing;
    private int _nonFinite;
    private double _sum;
    private double _referenceScore;
    private double _deployScore;
    private SampleComparison? _worst;
    private SampleComparison? _firstDisagreement;

    /// <summary>Adds samples from index <paramref name="start"/> on, each with the answers of both models.</summary>
    /// <exception cref="ExportException">The models have different classes.</exception>
    /// <exception cref="ArgumentException">A label is no class.</exception>
    public void Add(int start, IReadOnlyList<double[]> reference, IReadOnlyList<double[]> deploy)
    {
        for (var i = 0; i < reference.Count; i++) Add(start + i, reference[i], deploy[i]);
    }

    public VerifyReport ToReport(string reference, IReadOnlyList<BatchComparison> others, EngineComparison? engine, IReadOnlyList<HostileComparison> hostile)
    {
        var worst = _worst!;
        var dropped = _classes && options.MaxAccuracyDrop is { } most && Share(_referenceScore) - Share(_deployScore) > most;
        var mean = _sum / ((double)_samples * _width);
        return new VerifyReport
        {
            Passed = Passes(worst.AbsDiff, Share(_agreeing)) && !(mean > options.MeanTolerance) && others.All(o => Passes(o.MaxAbsDiff, o.Agreement)) && !dropped && engine is not { Passed: false } && hostile.All(h => h.Passed),
            Reference = reference,
            Tolerance = options.Tolerance,
            MeanTolerance = options.MeanTolerance,
            MinAgreement = options.MinAgreement,
            MaxAccuracyDrop = options.MaxAccuracyDrop,
            Samples = _samples,
            BatchSize = options.BatchSize,
            MaxAbsDiff = worst.AbsDiff,
            MeanAbsDiff = mean,
            Agreement = Share(_agreeing),
            ReferenceAccuracy = _classes ? Share(_referenceScore) : null,
            DeployAccuracy = _classes ? Share(_deployScore) : null,
            ReferenceRmse = _classes ? null : Math.Sqrt(Share(_referenceScore)),
            DeployRmse = _classes ? null : Math.Sqrt(Share(_deployScore)),
            NonFiniteSamples = _nonFinite,
            FirstDisagreement = _firstDisagreement,
            WorstSample = worst,
            OtherBatchSizes = others,
            TrainingEngine = engine,
            Hostile = hostile,
            OrtVersion = Providers.Version,
            Device = options.Deploy.Device.ToString(),
        };

        bool Passes(double difference, double agreement) => difference <= options.Tolerance && agreement >= options.MinAgreement;
    }

    public BatchComparison ToBatchComparison(int batchSize) => new(batchSize, _samples, _worst?.AbsDiff ?? 0, Share(_agreeing), _worst?.Index ?? 0);

    private void Add(int index, double[] reference, double[] deploy)
    {
        if (reference.Length != deploy.Length)
            throw new ExportException($"The models have different classes: {reference.Length} and {deploy.Length}. Export from this trained model.");
        var (largest, sum) = Difference(reference, deploy);
        (_samples, _width, _sum) = (_samples + 1, reference.Length, _sum + sum);
        if (!double.IsFinite(largest)) _nonFinite++;

        var sample = _classes ? CompareClasses(index, reference, deploy, largest) : CompareValues(index, reference, deploy, largest);
        if (_worst is null || largest > _worst.AbsDiff) _worst = sample;
    }

    private SampleComparison CompareClasses(int index, double[] reference, double[] deploy, double largest)
    {
        var label = samples.Labels.Span[index];
        if (label < 0 || label >= reference.Length)
            throw new ArgumentException($"The label of sample {index} is {label}; expected a class from 0 to {reference.Length - 1}.");
        var (expected, actual) = (ReferenceAnswers.ArgMax(reference), ReferenceAnswers.ArgMax(deploy));
        var sample = new SampleComparison(index, label, expected, actual, largest, reference, deploy);
        if (expected == actual) _agreeing++;
        else _firstDisagreement ??= sample;
        if (expected == label) _referenceScore++;
        if (actual == label) _deployScore++;
        return sample;
    }

    private SampleComparison CompareValues(int index, double[] reference, double[] deploy, double largest)
    {
        var value = samples.Values.Span[index];
        _agreeing++;
        _referenceScore += (reference[0] - value) * (reference[0] - value);
        _deployScore += (deploy[0] - value) * (deploy[0] - value);
        return new SampleComparison(index, null, null, null, largest, reference, deploy);
    }

    /// <summary>The largest and the summed difference, in units of the scale; both infinite when a number is not finite, on whichever side.</summary>
    private (double Largest, double Sum) Difference(double[] reference, double[] deploy)
    {
        var (largest, sum) = (0.0, 0.0);
        for (var c = 0; c < reference.Length; c++)
        {
            var difference = Math.Abs(reference[c] - deploy[c]) / options.Scale;
            if (!double.IsFinite(difference)) return (double.PositiveInfinity, double.PositiveInfinity);
            largest = Math.Max(largest, difference);
            sum += difference;
        }
        return (largest, sum);
    }

    private double Share(double count) => _samples == 0 ? 1 : count / _samples;
}
