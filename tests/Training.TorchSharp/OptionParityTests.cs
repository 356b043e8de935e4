using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Tests;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Whole trainings with every option that has state or changes a step, beside the same by the "ort" engine.</summary>
public sealed class OptionParityTests : IDisposable
{
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [TorchTheory]
    [MemberData(nameof(ShortTrainings.Names), MemberType = typeof(ShortTrainings))]
    public void A_training_ends_where_the_ort_engines_does(string name)
    {
        var options = ShortTrainings.Variants[name];
        var ort = _trainings.Train(options);
        var torch = _trainings.Train(options, Torch);

        foreach (var (expected, actual) in ort.Progress.History.Zip(torch.Progress.History))
        {
            Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-4);
            Assert.Equal(expected.ValidationLoss!.Value, actual.ValidationLoss!.Value, 1e-4);
            Assert.Equal(expected.LearningRate, actual.LearningRate);
        }
        Assert.Equal(ort.Progress.BestEpoch, torch.Progress.BestEpoch);
        ShortTrainings.AssertClose(ort.Model, torch.Model, 1e-3);
    }

    [TorchTheory]
    [MemberData(nameof(ShortTrainings.Names), MemberType = typeof(ShortTrainings))]
    public void A_training_begun_by_either_engine_is_ended_by_either(string name)
    {
        var options = ShortTrainings.Variants[name];
        var (ort, torch) = (_trainings.Train(options), _trainings.Train(options, Torch));
        foreach (var (first, second) in new[] { (Torch, Ort), (Ort, Torch), (Torch, Torch) })
        {
            var checkpoint = _trainings.File($"{name}-{first == Torch}-{second == Torch}.onnx");
            using (var stop = new CancellationTokenSource())
            {
                Assert.ThrowsAny<OperationCanceledException>(() => { _trainings.Train(options, first, checkpoint: checkpoint, observer: new StopsAt(5, stop), cancellation: stop.Token); });
            }
            var resumed = _trainings.Train(options, second, checkpoint: checkpoint).Model;
            ShortTrainings.AssertClose(ort.Model, resumed, 1e-3);
            if (first == second) Assert.Equal(torch.Model.ToBytes(), resumed.ToBytes());
        }
    }

    private static readonly Func<Model, TrainOptions, ITrainingEngine> Torch = (model, options) => TorchEngines.Create(model, options, 1, Device.Cpu);

    private static readonly Func<Model, TrainOptions, ITrainingEngine> Ort = (model, options) => new OrtEngine(model, options, 1);

    private sealed class StopsAt(int step, CancellationTokenSource stop) : ITrainingObserver
    {
        private int _taken;

        public void Stepped(in StepFacts facts)
        {
            if (++_taken == step) stop.Cancel();
        }
    }
}
