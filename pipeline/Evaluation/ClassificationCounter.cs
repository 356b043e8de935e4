using System.Numerics.Tensors;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>Counts answers against labels, batch by batch.</summary>
internal sealed class ClassificationCounter(IReadOnlyList<string> classes)
{
    private readonly long[][] _confusion = [.. classes.Select(_ => new long[classes.Count])];
    private readonly CalibrationCounter _calibration = new();
    private double _loss;

    /// <summary>Adds a batch: probabilities [count, classes] and the true classes.</summary>
    public void Add(ReadOnlySpan<float> probabilities, ReadOnlySpan<long> labels)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes.Count, classes.Count);
            var answer = TensorPrimitives.IndexOfMax(row);
            _confusion[labels[i]][answer]++;
            _calibration.Add(row, answer == labels[i]);
            _loss -= Math.Log(Math.Max(row[(int)labels[i]], float.Epsilon));
        }
    }

    public ClassificationMetrics ToMetrics()
    {
        var samples = _confusion.Sum(row => row.Sum());
        return new ClassificationMetrics
        {
            Samples = samples,
            Accuracy = (double)Enumerable.Range(0, classes.Count).Sum(c => _confusion[c][c]) / samples,
            Loss = _loss / samples,
            Classes = [.. classes.Select((label, c) => Class(label, c))],
            Calibration = _calibration.ToCalibration(),
            Confusion = _confusion,
        };
    }

    private ClassMetrics Class(string label, int c)
    {
        var right = _confusion[c][c];
        var actual = _confusion[c].Sum();
        var predicted = _confusion.Sum(row => row[c]);
        return new ClassMetrics(label, actual, Share(right, predicted), Share(right, actual), Share(2 * right, predicted + actual));
    }

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
