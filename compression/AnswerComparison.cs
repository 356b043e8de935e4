using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;

namespace OnnxPipeline.Compression;

/// <summary>How far a compressed model's answers are from those of the model it was made from, on held-out samples.</summary>
/// <param name="Samples">How many.</param>
/// <param name="MaxAbsDiff">The largest difference of a probability, or of a value in units of the scale.</param>
/// <param name="MeanAbsDiff">The mean over all of them.</param>
/// <param name="Agreement">Share of samples on which both name the same class, from 0 to 1; null for a regression.</param>
/// <param name="OriginalScore">The original's share of right answers, or root mean squared error.</param>
/// <param name="Score">The compressed model's.</param>
public sealed record AnswerComparison(int Samples, double MaxAbsDiff, double MeanAbsDiff, double? Agreement, double OriginalScore, double Score)
{
    /// <param name="original">A deployed model.</param>
    /// <param name="compressed">The one made from it.</param>
    /// <param name="samples">What they are compared on.</param>
    /// <param name="scale">What a regression's differences are divided by: the standard deviation of its target.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    /// <exception cref="ArgumentException">There are no samples, or the models give different numbers of answers.</exception>
    public static AnswerComparison Of(Model original, Model compressed, HeldOutSamples samples, double scale = 1, CancellationToken cancellation = default)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to compare models on.", nameof(samples));
        var (expected, actual) = (Answers(original, samples, cancellation), Answers(compressed, samples, cancellation));
        var differences = expected.Zip(actual, (e, a) => e.Length == a.Length
            ? e.Zip(a, (x, y) => double.IsFinite(x - y) ? Math.Abs(x - y) / scale : double.PositiveInfinity).ToArray()
            : throw new ArgumentException($"The models give {e.Length} and {a.Length} answers a sample.")).ToArray();
        var classifies = samples.Labels.Length > 0;
        return new AnswerComparison(
            samples.Count,
            differences.Max(d => d.Max()),
            differences.Average(d => d.Average()),
            classifies ? expected.Zip(actual).Count(pair => Class(pair.First) == Class(pair.Second)) / (double)samples.Count : null,
            ScoreOf(expected, samples),
            ScoreOf(actual, samples));
    }

    private static double[][] Answers(Model model, HeldOutSamples samples, CancellationToken cancellation)
    {
        var output = Array.Find([Signature.ProbabilitiesName, Signature.PredictionName], name => model.Graph.Output(name) is not null) ?? model.Graph.Outputs[0].Name;
        var rows = new List<double[]>();
        using var runner = new SampleRunner(model, [output]);
        runner.Run(samples, samples.Count, results =>
        {
            var values = results[0].GetTensorDataAsSpan<float>().ToArray();
            rows.AddRange(ReferenceAnswers.Rows(values, (int)results[0].GetTensorTypeAndShape().Shape[0]));
        }, cancellation);
        return [.. rows];
    }

    private static double ScoreOf(double[][] answers, HeldOutSamples samples)
    {
        if (samples.Labels.Length > 0) return answers.Zip(samples.Labels.ToArray()).Count(pair => Class(pair.First) == pair.Second) / (double)samples.Count;
        return Math.Sqrt(answers.Zip(samples.Values.ToArray(), (answer, value) => (answer[0] - value) * (answer[0] - value)).Average());
    }

    private static int Class(double[] answer) => Array.IndexOf(answer, answer.Max());
}
