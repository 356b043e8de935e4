using OnnxPipeline.Export;

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
    public static AnswerComparison Of(Model original, Model compressed, HeldOutSamples samples, double scale = 1, CancellationToken cancellation = default) =>
        Of(ModelAnswers.Of(original, samples, cancellation), ModelAnswers.Of(compressed, samples, cancellation), scale);

    /// <param name="original">The answers of one model.</param>
    /// <param name="compressed">Those of the model made from it, to the same samples.</param>
    /// <param name="scale">What a regression's differences are divided by: the standard deviation of its target.</param>
    /// <exception cref="ArgumentException">The models give different numbers of answers.</exception>
    public static AnswerComparison Of(ModelAnswers original, ModelAnswers compressed, double scale = 1)
    {
        var differences = original.Rows.Zip(compressed.Rows, (e, a) => e.Count == a.Count
            ? e.Zip(a, (x, y) => double.IsFinite(x - y) ? Math.Abs(x - y) / scale : double.PositiveInfinity).ToArray()
            : throw new ArgumentException($"The models give {e.Count} and {a.Count} answers a sample.")).ToArray();
        return new AnswerComparison(
            original.Rows.Count,
            differences.Max(d => d.Max()),
            differences.Average(d => d.Average()),
            original.Classifies ? original.Classes.Zip(compressed.Classes).Count(pair => pair.First == pair.Second) / (double)original.Rows.Count : null,
            original.Score,
            compressed.Score);
    }
}
