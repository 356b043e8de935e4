using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Thresholds;

/// <summary>A threshold, and how it does on the samples that it was chosen on.</summary>
/// <param name="Threshold">The second class is the answer where its probability is at least this.</param>
/// <param name="TruePositiveRate">Share of the second class's samples that are found, from 0 to 1.</param>
/// <param name="FalsePositiveRate">Share of the first class's samples that are taken for the second, from 0 to 1.</param>
public sealed record ChosenThreshold(double Threshold, double TruePositiveRate, double FalsePositiveRate);

/// <summary>Chooses the threshold between two classes by the ROC curve. Source: Fawcett, "An introduction to ROC analysis", 2006.</summary>
public static class ThresholdChooser
{
    /// <summary>Chooses for a deployed model, by its probabilities on samples that it was not trained on.</summary>
    /// <inheritdoc cref="Choose(ReadOnlySpan{float}, ReadOnlySpan{int}, ThresholdOptions)" path="/exception"/>
    /// <exception cref="ExportException">The model does not tell two classes apart.</exception>
    public static ChosenThreshold Choose(Model deploy, HeldOutSamples samples, ThresholdOptions options)
    {
        const int batchSize = 512;
        using var runner = ModelRunner.Open(deploy, new SessionSettings());
        var scores = new List<float>(samples.Count);
        for (var start = 0; start < samples.Count; start += batchSize)
        {
            var batch = samples.Deployed(start, Math.Min(batchSize, samples.Count - start));
            var rows = runner.Run(batch, Signature.ProbabilitiesName);
            if (rows.Length != 2 * batch.Count) throw new ExportException($"A threshold is for two classes, and the model gives {rows.Length / batch.Count}. Leave export.threshold out.");
            scores.AddRange(rows.Where((_, i) => i % 2 == 1));
        }
        return Choose(scores.ToArray(), samples.Labels.Span, options);
    }

    /// <summary>Of equally good thresholds the highest is taken. It lies half way between two probabilities that occur, so that small differences between machines do not decide.</summary>
    /// <param name="probabilities">Of the second class, one a sample.</param>
    /// <param name="labels">0 or 1, one a sample.</param>
    /// <param name="options">What makes a threshold good.</param>
    /// <exception cref="ArgumentException">The samples are all of one class, their numbers differ, or a probability is none.</exception>
    public static ChosenThreshold Choose(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, ThresholdOptions options)
    {
        if (probabilities.Length != labels.Length) throw new ArgumentException($"There are {probabilities.Length} probabilities for {labels.Length} labels.", nameof(labels));
        var scores = probabilities.ToArray();
        if (Array.FindIndex(scores, p => !(p is >= 0 and <= 1)) is >= 0 and var wrong) throw new ArgumentException($"The probability of sample {wrong} is {scores[wrong]}; expected a value from 0 to 1.", nameof(probabilities));
        var classes = labels.ToArray();
        var positives = classes.Count(label => label == 1);
        var negatives = classes.Length - positives;
        if (positives == 0 || negatives == 0) throw new ArgumentException($"A threshold needs samples of both classes to be chosen on; there are {negatives} of the first and {positives} of the second.", nameof(labels));

        Array.Sort(scores, classes);
        // Nothing is answered with the second class, then ever more.
        var best = new ChosenThreshold(Above(scores[^1]), 0, 0);
        var bestCost = Cost(options, 0, 0, positives, negatives);
        var (found, wrongly) = (0, 0);
        for (var i = scores.Length - 1; i >= 0; i--)
        {
            if (classes[i] == 1) found++;
            else wrongly++;
            if (i > 0 && scores[i - 1] == scores[i]) continue;
            var cost = Cost(options, found, wrongly, positives, negatives);
            if (cost >= bestCost) continue;
            bestCost = cost;
            best = new ChosenThreshold(i > 0 ? (scores[i - 1] + (double)scores[i]) / 2 : scores[0] / 2.0, (double)found / positives, (double)wrongly / negatives);
        }
        return best;
    }

    private static double Cost(ThresholdOptions options, int found, int wrongly, int positives, int negatives)
    {
        var (missed, taken) = (1 - (double)found / positives, (double)wrongly / negatives);
        return options switch
        {
            CornerThresholdOptions => missed * missed + taken * taken,
            YoudenThresholdOptions => missed + taken,
            CostThresholdOptions cost => cost.FalseNegative * (positives - found) + cost.FalsePositive * wrongly,
            _ => throw new NotSupportedException($"No threshold is chosen by {options.GetType().Name}."),
        };
    }

    /// <summary>So high that no sample reaches it.</summary>
    private static double Above(double probability) => probability < 1 ? (1 + probability) / 2 : Math.BitIncrement(1.0);
}
