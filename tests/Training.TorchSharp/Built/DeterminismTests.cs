using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Tests;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>The mode is the process's, so nothing else runs beside it.</summary>
[Collection(nameof(Alone))]
public sealed class DeterminismTests
{
    [Fact]
    public void A_deterministic_training_turns_libtorchs_mode_on_and_another_turns_it_off()
    {
        using (TorchEngines.Create(TestData.Perceptron(), new TrainOptions { Deterministic = true }, 1, Device.Cpu)) Assert.True(Determinism.IsOn);
        using (TorchEngines.Create(TestData.Perceptron(), new TrainOptions(), 1, Device.Cpu)) Assert.False(Determinism.IsOn);
    }
}
