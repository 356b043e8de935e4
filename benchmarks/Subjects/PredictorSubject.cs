using System.Diagnostics;
using OnnxPipeline.Inference;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>The library on raw pixels, beside which <see cref="InferenceSubject"/> is the bare runtime. A step is a run.</summary>
internal sealed class PredictorSubject : IBenchmarkSubject
{
    private readonly Predictor _predictor = Predictor.Open(SmallCnn.Deployed(SmallCnn.Network()).ToBytes(), new PredictorOptions { Threads = 1 });
    private readonly byte[] _pixels;
    private readonly float[] _probabilities;

    public PredictorSubject(int batchSize)
    {
        _pixels = SmallCnn.Pixels(batchSize);
        _probabilities = new float[batchSize * _predictor.Labels.Count];
        Run(50);
    }

    public string Name => "OnnxPipeline.Inference";

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++) _predictor.PredictPixels(_pixels, _probabilities);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _predictor.Dispose();
}
