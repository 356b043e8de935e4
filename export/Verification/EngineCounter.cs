namespace OnnxPipeline.Export.Verification;

/// <summary>Holds a model's answers against what the training engine says of the same samples.</summary>
internal sealed class EngineCounter(ReferenceEngine engine, bool deployed, HeldOutSamples samples, VerifyOptions options) : IDisposable
{
    private readonly IEnumerator<SampleScore> _scores = engine.Scores.GetEnumerator();
    private int _samples;
    private int _agreeing;
    private int _correct;
    private double _sum;
    private double _largest;
    private int _worst;

    /// <summary>Adds the answers to the samples that follow.</summary>
    /// <exception cref="ArgumentException">The engine said less than there are samples.</exception>
    public void Add(IEnumerable<double[]> answers)
    {
        foreach (var answer in answers.Take(engine.Most - _samples))
        {
            if (!_scores.MoveNext()) throw new ArgumentException($"The engine {engine.Name} gave {_samples} scores for {samples.Count} samples.");
            var score = _scores.Current;
            var (difference, agrees) = samples.Labels.Length > 0 ? OfClass(answer, score) : (OfValue(answer, score), true);
            if (!double.IsFinite(difference)) difference = double.PositiveInfinity;
            if (difference > _largest) (_largest, _worst) = (difference, _samples);
            _sum += difference;
            if (agrees) _agreeing++;
            if (score.Correct) _correct++;
            _samples++;
        }
    }

    public EngineComparison ToComparison()
    {
        var agreement = (double)_agreeing / _samples;
        return new EngineComparison(engine.Name, deployed ? EngineComparison.Deployed : EngineComparison.Reference, _largest <= options.Tolerance && agreement >= options.MinAgreement, _samples,
            _largest, _sum / _samples, agreement, samples.Labels.Length > 0 ? (double)_correct / _samples : null, _worst);
    }

    public void Dispose() => _scores.Dispose();

    private (double Difference, bool Agrees) OfClass(double[] answer, SampleScore score)
    {
        var label = samples.Labels.Span[_samples];
        return (Math.Abs(answer[label] - Math.Exp(-score.Loss)), Array.IndexOf(answer, answer.Max()) == label == score.Correct);
    }

    private double OfValue(double[] answer, SampleScore score) => Math.Abs(Math.Abs(answer[0] - samples.Values.Span[_samples]) - Math.Sqrt(score.Loss)) / options.Scale;
}
