using OnnxPipeline.OnDevice;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Pipeline.Tests.Reports;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class ExportStageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recipe_that_asks_for_it_leaves_a_bundle_of_its_model()
    {
        File.WriteAllText(_folder.File("small.yaml"), "{name: small, model: {name: mlp, hidden: [4]}, train: {epochs: 1}, export: {onDevice: {train: ['head.*'], spareClasses: 1, optimizer: {name: sgd, learningRate: 0.25}}}}");
        var (code, _, error) = await CommandLine.RunAsync(ReportedRun.Services(_folder.Path), "run", "small.yaml", "--until", "export");
        Assert.True(code == Cli.Done, error);
        using var trainer = OnDeviceTrainer.Open(_folder.File($"artifacts/latest/{ExportStage.BundleFile}"));
        Assert.Equal((0.25, 3, 1), (trainer.LearningRate, trainer.Classes.Count, trainer.SpareClasses));
    }
}
