using System.Text.Json;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Training.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    /// <summary>Stopped at a step drawn for each case, and at an epoch's last; a new engine and trainer know nothing but the checkpoint.</summary>
    [Theory]
    [MemberData(nameof(ShortTrainings.OnBothEngines), MemberType = typeof(ShortTrainings))]
    public void A_run_interrupted_and_taken_up_again_gives_the_same_bytes(string name, bool device)
    {
        var options = ShortTrainings.Variants[name];
        var counter = new StepCounter();
        var expected = _trainings.Train(options, device, observer: counter);
        var random = new CounterRandom((ulong)name.Length, RandomPurpose.Sampling, (ulong)name[0]);
        var perEpoch = counter.Steps / options.Epochs;

        foreach (var step in new[] { 1 + random.Next(counter.Steps), 2 * perEpoch }.Distinct())
        {
            var checkpoint = _trainings.File($"{name}-{device}-{step}.onnx");
            using (var cancellation = new CancellationTokenSource())
            {
                Assert.ThrowsAny<OperationCanceledException>(() => { _trainings.Train(options, device, checkpoint: checkpoint, observer: new StopAt(step, cancellation), cancellation: cancellation.Token); });
            }
            var resumed = _trainings.Train(options, device, checkpoint: checkpoint);
            Assert.Equal(expected.Model.ToBytes(), resumed.Model.ToBytes());
            Assert.Equal(JsonSerializer.Serialize(expected.Progress.History), JsonSerializer.Serialize(resumed.Progress.History));
        }
    }

    private sealed class StepCounter : ITrainingObserver
    {
        public int Steps { get; private set; }

        public void Stepped(in StepFacts facts) => Steps++;
    }

    private sealed class StopAt(int step, CancellationTokenSource cancellation) : ITrainingObserver
    {
        private int _taken;

        public void Stepped(in StepFacts facts)
        {
            if (++_taken == step) cancellation.Cancel();
        }
    }
}
