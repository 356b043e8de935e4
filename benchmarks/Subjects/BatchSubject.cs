using System.Diagnostics;
using OnnxPipeline.Inference;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>The library alone on full batches of images that lie ready, with all cores: what a server of the same model could give if requests cost nothing. A step is an image.</summary>
internal sealed class BatchSubject : IBenchmarkSubject
{
    private readonly int _batchSize;
    private readonly Predictor _predictor = Predictor.Open(SmallCnn.Deployed(SmallCnn.Network()).ToBytes());
    private readonly byte[] _pixels;
    private readonly float[] _probabilities;

    public BatchSubject(int batchSize)
    {
        _batchSize = batchSize;
        _pixels = SmallCnn.Pixels(batchSize);
        _probabilities = new float[batchSize * _predictor.Labels.Count];
        Run(100 * batchSize);
    }

    public string Name => $"library alone, {_batchSize} images a run";

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var seen = 0; seen < steps; seen += _batchSize) _predictor.PredictPixels(_pixels, _probabilities);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _predictor.Dispose();
}
