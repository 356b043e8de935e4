using OnnxPipeline.Export;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Scoring;

/// <summary>
/// Says how good a model's answers are on held-out samples: the share of right ones, or for a regression the negative root of the mean
/// squared error in the target's unit. More is better. It takes models in training's form and deployed ones.
/// </summary>
internal sealed class ModelScorer
{
    private const int BatchSize = 250;
    private readonly HeldOutSamples _samples;
    private readonly SessionSettings _settings;

    /// <exception cref="ArgumentException">There are no samples.</exception>
    public ModelScorer(HeldOutSamples samples, SessionSettings? settings = null)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to score models on.", nameof(samples));
        _samples = samples;
        _settings = settings ?? new SessionSettings();
    }

    public bool Classifies => _samples.Labels.Length > 0;

    /// <summary>How many classes a model tells apart, or 1 for a value; null where it says so nowhere.</summary>
    public static long? AnswersOf(Model model)
    {
        var output = model.Graph.Output(Signature.ProbabilitiesName) ?? model.Graph.Output(Signature.PredictionName) ?? (model.Graph.Outputs is [var only] ? only : model.Graph.Output(Signature.LogitsName));
        return output?.Type is { Element: ElementType.Float, Shape: { Rank: 2 } shape } ? shape[1].Size : null;
    }

    /// <exception cref="ExportException">The model takes other samples, or gives neither logits, probabilities nor values.</exception>
    public double Score(Model model, CancellationToken cancellation = default)
    {
        var deployed = model.Graph.Output(Signature.ProbabilitiesName) is not null || model.Graph.Output(Signature.PredictionName) is not null;
        var (output, form) = deployed ? (Classifies ? Signature.ProbabilitiesName : Signature.PredictionName, OutputForm.Probabilities) : Signature.ReadOutput(model, !Classifies);
        using var runner = new ModelRunner(SessionFactory.Create(model.ToBytes(), _settings));
        var sum = 0.0;
        for (var start = 0; start < _samples.Count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, _samples.Count - start);
            SampleBatch batch = deployed ? _samples.Deployed(start, count) : _samples.Trained(start, count);
            var answers = ReferenceAnswers.Of(runner.Run(batch, output), count, form);
            for (var i = 0; i < count; i++) sum += ScoreOf(answers[i], start + i);
        }
        return Classifies ? sum / _samples.Count : -Math.Sqrt(sum / _samples.Count);
    }

    private double ScoreOf(double[] answer, int sample)
    {
        if (!Classifies)
        {
            var error = answer[0] - _samples.Values.Span[sample];
            return error * error;
        }
        return Array.IndexOf(answer, answer.Max()) == _samples.Labels.Span[sample] ? 1 : 0;
    }
}
