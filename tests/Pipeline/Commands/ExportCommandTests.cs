using System.Text.Json;
using OnnxPipeline.OnDevice;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExportCommandTests() => File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_bundle_of_a_model_is_written_and_opens()
    {
        var (code, output, error) = await Run("export model.onnx --on-device --out bundle --spare-classes 2 --optimizer sgd --learning-rate 0.05 --accumulate 2");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.Contains("classes: dark, bright, middle, and 2 spare", output);
        using var trainer = OnDeviceTrainer.Open(_folder.File("bundle"));
        Assert.Equal((0.05, 2, 2), (trainer.LearningRate, trainer.Accumulate, trainer.SpareClasses));

        (code, _, error) = await Run("export model.onnx --on-device --out bundle");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("--force", error);
        Assert.Equal(Cli.Done, (await Run("export model.onnx --on-device --out bundle --force")).Code);
    }

    [Fact]
    public async Task What_was_made_is_told_as_JSON_and_labels_may_be_given()
    {
        File.WriteAllLines(_folder.File("names.txt"), ["night", "day", "dusk"]);
        var (_, output, _) = await Run("export model.onnx --on-device --out bundle.zip --labels names.txt --json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(["night", "day", "dusk"], json.RootElement.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!));
        Assert.Equal(3 * 784 + 3, json.RootElement.GetProperty("trained").GetInt64());
        Assert.True(File.Exists(_folder.File("bundle.zip")));
    }

    [Fact]
    public async Task A_network_of_PyTorchs_is_trained_in_its_head_alone()
    {
        TorchvisionModels.Write("resnet18-bn", _folder.Path);
        var (code, output, error) = await Run("export resnet18-bn.onnx --on-device --out bundle --train fc.*");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("fc.weight, fc.bias", output);
        using var trainer = OnDeviceTrainer.Open(_folder.File("bundle"));
        using var batch = trainer.CreateBatch(2);
        batch.Input<float>().Fill(0.5f);
        batch.Labels[1] = 7;
        var before = trainer.TrainStep(batch, 0.01).Loss;
        for (var i = 0; i < 3; i++) trainer.TrainStep(batch, 0.01);
        Assert.True(trainer.Evaluate(batch).Loss < before);
    }

    [Theory]
    [InlineData("mobilenet_v2-bn", "train")]
    [InlineData("squeezenet1_1", "frozen")]
    public async Task A_network_of_PyTorchs_is_trained_as_a_whole(string network, string batchNorm)
    {
        TorchvisionModels.Write(network, _folder.Path);
        var (code, _, error) = await Run($"export {network}.onnx --on-device --out bundle --batch-norm {batchNorm} --optimizer sgd");
        Assert.True(code == Cli.Done, error);
        using var trainer = OnDeviceTrainer.Open(_folder.File("bundle"));
        using var batch = trainer.CreateBatch(4);
        foreach (var (i, _) in batch.Input<float>().ToArray().Index()) batch.Input<float>()[i] = (i * 7919 % 1000) / 1000f;
        for (var i = 0; i < 4; i++) batch.Labels[i] = i;
        var first = trainer.TrainStep(batch).Loss;
        for (var i = 0; i < 2; i++) trainer.TrainStep(batch);
        Assert.True(trainer.TrainStep(batch).Loss < first);
    }

    [Theory]
    [InlineData("model.onnx --out b", "Say what to make of the model")]
    [InlineData("model.onnx --on-device --out b --optimizer muon", "Valid: sgd, adam, adamw")]
    [InlineData("model.onnx --on-device --out b --momentum 0.5", "--momentum is for the optimizer sgd")]
    [InlineData("model.onnx --on-device --out b --learning-rate 0", "above 0")]
    [InlineData("model.onnx --on-device --out b --accumulate 0", "--accumulate must be at least 1")]
    [InlineData("model.onnx --on-device --out b --batch-norm thawed", "Valid: train, frozen")]
    [InlineData("model.onnx --on-device --out no/such/place", "There is no folder")]
    [InlineData("none.onnx --on-device --out b", "There is no model file")]
    public async Task Bad_usage_says_what_is_wrong(string arguments, string reason)
    {
        var (code, _, error) = await Run($"export {arguments}");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(reason, error);
        Assert.False(Path.Exists(_folder.File("b")));
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing_lists_what_there_is()
    {
        var (code, _, error) = await Run("export model.onnx --on-device --out b --train head.*");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("no parameter is named like 'head.*'. The model has: ", error);
    }

    private Task<(int Code, string Output, string Error)> Run(string command) => CommandLine.RunAsync(_folder.Path, command.Split(' '));
}
