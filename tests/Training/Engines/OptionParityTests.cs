namespace OnnxPipeline.Training.Tests;

public sealed class OptionParityTests : IDisposable
{
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Theory]
    [MemberData(nameof(ShortTrainings.Names), MemberType = typeof(ShortTrainings))]
    public void A_training_in_the_graph_ends_where_the_fused_one_does(string name)
    {
        var options = ShortTrainings.Variants[name];
        var fused = _trainings.Train(options);
        var device = _trainings.Train(options, device: true);

        foreach (var (expected, actual) in fused.Progress.History.Zip(device.Progress.History))
        {
            Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-4);
            Assert.Equal(expected.ValidationLoss!.Value, actual.ValidationLoss!.Value, 1e-4);
            Assert.Equal(expected.LearningRate, actual.LearningRate);
        }
        Assert.Equal(fused.Progress.BestEpoch, device.Progress.BestEpoch);
        ShortTrainings.AssertClose(fused.Model, device.Model, 1e-3);
    }
}
