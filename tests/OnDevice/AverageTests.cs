using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class AverageTests : IDisposable
{
    private readonly BundleFolder _bundle = new(Squares.Mlp(), new BundleOptions { SpareClasses = 1 });

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Weights_are_averaged_by_samples_and_the_optimizer_begins_anew()
    {
        var (one, two) = (Trained(seed: 1, steps: 3), Trained(seed: 2, steps: 1));
        var average = StateFile.Parse(OnDeviceTrainer.Average([one, two]), "average");
        var (first, second) = (StateFile.Parse(one, "one"), StateFile.Parse(two, "two"));
        Assert.Equal((30L, 10L, 0L), (first.Samples, second.Samples, average.Samples));
        foreach (var (tensor, i) in average.Tensors.Select((t, i) => (t, i)))
        {
            if (tensor.Type != BundleTypes.Float32 || !average.ModelTensors.Contains(tensor.Name))
            {
                Assert.All(tensor.Data.ToArray(), value => Assert.Equal(0, value));
                continue;
            }
            var expected = first.Tensors[i].Data.Floats().Zip(second.Tensors[i].Data.Floats(), (a, b) => 0.75f * a + 0.25f * b);
            Assert.All(expected.Zip(tensor.Data.Floats()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void An_average_is_a_state_that_trains_on()
    {
        using var trainer = _bundle.Open();
        trainer.SetState(OnDeviceTrainer.Average([Trained(1, 3), Trained(2, 3)]));
        Assert.Equal(0, trainer.Step);
        using var batch = trainer.Batch(10);
        var before = trainer.Evaluate(batch).Loss;
        for (var i = 0; i < 20; i++) trainer.TrainStep(batch);
        Assert.True(trainer.Evaluate(batch).Loss < before);
    }

    [Fact]
    public void Given_weights_count_instead_of_samples()
    {
        var (one, two) = (Trained(1, 3), Trained(2, 1));
        var average = StateFile.Parse(OnDeviceTrainer.Average([one, two], [0, 2]), "average");
        Assert.Equal(StateFile.Parse(two, "two").Tensors[0].Data.ToArray(), average.Tensors[0].Data.ToArray());
    }

    [Fact]
    public void Only_whole_states_of_one_bundle_and_the_same_classes_are_averaged()
    {
        using var other = new BundleFolder(Squares.Mlp());
        using var foreign = other.Open();
        Assert.Contains("state 1 of 2: a state of another bundle", Assert.Throws<OnDeviceException>(() => OnDeviceTrainer.Average([Trained(1, 1), foreign.GetState()])).Message, StringComparison.Ordinal);
        Assert.Contains("only states of the same classes", Assert.Throws<OnDeviceException>(() => OnDeviceTrainer.Average([Trained(1, 1), Trained(1, 1, "cat")])).Message, StringComparison.Ordinal);
        var tampered = Trained(1, 1);
        tampered[^1] ^= 1;
        Assert.Contains("changed or damaged", Assert.Throws<OnDeviceException>(() => OnDeviceTrainer.Average([Trained(1, 1), tampered])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_must_fit_the_states()
    {
        var state = Trained(1, 1);
        Assert.Throws<ArgumentException>(() => OnDeviceTrainer.Average([]));
        Assert.Throws<ArgumentException>(() => OnDeviceTrainer.Average([state], [1, 2]));
        Assert.Throws<ArgumentException>(() => OnDeviceTrainer.Average([state, state], [1, -1]));
        Assert.Throws<ArgumentException>(() => OnDeviceTrainer.Average([state], [double.NaN]));
        using var untrained = _bundle.Open();
        Assert.Throws<ArgumentException>(() => OnDeviceTrainer.Average([untrained.GetState()]));
    }

    private byte[] Trained(ulong seed, int steps, string? newClass = null)
    {
        using var trainer = _bundle.Open();
        if (newClass is not null) trainer.AddClass(newClass);
        using var batch = trainer.Batch(10, seed: seed);
        for (var i = 0; i < steps; i++) trainer.TrainStep(batch);
        return trainer.GetState();
    }
}
