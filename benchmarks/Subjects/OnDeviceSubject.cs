using System.Diagnostics;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.OnDevice;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A bundle of the MLP trained by the library for apps, on one batch of random samples again and again, as the peers do it.</summary>
internal sealed class OnDeviceSubject : IBenchmarkSubject
{
    private const int BatchSize = 32;
    private const int Warmup = 200;
    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-").FullName;
    private readonly OnDeviceTrainer _trainer;
    private readonly OnDeviceBatch _batch;

    public OnDeviceSubject()
    {
        BundleBuilder.Build(SmallMlp.Build(), new BundleOptions { Optimizer = new AdamWOptions() }).Save(_folder);
        _trainer = OnDeviceTrainer.Open(_folder);
        _batch = _trainer.CreateBatch(BatchSize);
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        foreach (ref var value in _batch.Input<float>()) value = random.NextSingle();
        foreach (ref var label in _batch.Labels) label = random.Next(SmallMlp.Classes);
        Run(Warmup);
    }

    public string Name => $"OnnxPipeline on device, ort {Providers.Version}, {Environment.ProcessorCount} thread(s)";

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++) _trainer.TrainStep(_batch);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _trainer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
