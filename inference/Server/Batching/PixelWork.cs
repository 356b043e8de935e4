using System.Diagnostics;
using OnnxPipeline.Inference.Server.Metrics;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>One decoded image for a classifier.</summary>
/// <param name="predictor">The classifier, with the adapter that the request asks for.</param>
/// <param name="pixels">Its pixels, as <see cref="Predictor.Decode"/> makes them.</param>
/// <param name="joins">Whether images may share a run.</param>
/// <param name="statistics">Where runs are counted.</param>
internal sealed class PixelWork(Predictor predictor, byte[] pixels, bool joins, ModelStatistics statistics) : Work
{
    private readonly Predictor _predictor = predictor;
    private readonly byte[] _pixels = pixels;
    private Prediction? _prediction;

    public override int Samples => 1;

    /// <summary>What the classifier says, once the work is complete.</summary>
    public Prediction Prediction => _prediction!;

    public override bool JoinsWith(Work other) => joins && other is PixelWork pixels && pixels._predictor == _predictor;

    public override void Run(IReadOnlyList<Work> batch)
    {
        var start = Stopwatch.GetTimestamp();
        var all = new byte[batch.Count * _predictor.PixelCount];
        for (var i = 0; i < batch.Count; i++) ((PixelWork)batch[i])._pixels.CopyTo(all, i * _predictor.PixelCount);
        var joined = Stopwatch.GetTimestamp();
        var predictions = _predictor.PredictPixels(all, batch.Count);
        statistics.Executed(batch.Count, Stopwatch.GetElapsedTime(start, joined), Stopwatch.GetElapsedTime(joined));
        for (var i = 0; i < batch.Count; i++) ((PixelWork)batch[i])._prediction = predictions[i];
    }
}
