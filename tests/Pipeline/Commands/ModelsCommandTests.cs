using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task List_names_every_model_of_the_registry_with_its_defaults()
    {
        var (code, output, error) = await Run("models list");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.All(ModelRegistry.Entries, entry => Assert.Matches($@"\n{entry.Name} +{entry.Description[..8]}", output));
        Assert.Contains("hidden=[128,64]", output);
        Assert.DoesNotContain("name=", output);

        (_, output, _) = await Run("models list --json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(ModelRegistry.Entries.Select(e => e.Name), json.RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.True(json.RootElement[1].GetProperty("options").GetProperty("batchNorm").GetBoolean());
    }

    [Fact]
    public async Task Show_counts_parameters_and_multiply_adds_by_hand()
    {
        var (code, output, _) = await Run("models show cnn --input 1x8x8 --classes 3 --set channels=[[2]] --set batchNorm=false");
        Assert.Equal(Cli.Done, code);
        Assert.StartsWith("cnn: image: UInt8[batch,1,8,8] -> logits: Float[batch,3]\nLAYER", output);
        // A 3x3 convolution from 1 channel to 2 at 64 places; then 2 · 4 · 4 values to 3 classes.
        Assert.Matches(@"\nconv1 +Conv +\[batch,2,8,8\] +20 +1,152\n", output);
        Assert.Matches(@"\nmaxpool1 +MaxPool +\[batch,2,4,4\] +- +-\n", output);
        Assert.Matches(@"\nhead +Gemm +\[batch,3\] +99 +96\n", output);
        Assert.Matches(@"\ntotal +119 +1,248\n", output);
    }

    [Fact]
    public async Task Show_takes_any_onnx_file_and_gives_the_same_figures_as_for_the_name()
    {
        var file = _folder.File("some.onnx");
        ModelRegistry.Build(new MlpOptions(), new ImageModelInput(1, 28, 28), 10, seed: 3).Save(file);
        var (_, named, _) = await Run("models show mlp --input 1x28x28 --json");
        var (code, loaded, _) = await Run("models show some.onnx --json");
        Assert.Equal((Cli.Done, named), (code, loaded));
        using var json = JsonDocument.Parse(loaded);
        Assert.Equal(784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10, json.RootElement.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_a_failure_that_names_it()
    {
        File.WriteAllText(_folder.File("broken.onnx"), "not a model");
        var (code, output, error) = await Run("models show broken.onnx");
        Assert.Equal((Cli.Failed, ""), (code, output));
        Assert.Contains("broken.onnx", error);
    }

    [Theory]
    [InlineData("show cn --input 1x28x28", "There is no model 'cn'. Did you mean 'cnn'?")]
    [InlineData("show cnn", "--input is missing")]
    [InlineData("show cnn --input 28x28", "'28x28' is no input")]
    [InlineData("show cnn --input 1x28x28 --classes 0", "classes must be at least 1")]
    [InlineData("show cnn --input 1x4x4", "does not fit images of 1x4x4")]
    [InlineData("show absent.onnx", "There is no model file 'absent.onnx'")]
    [InlineData("show cnn --input 1x28x28 --set chanels=[[8]]", "--set chanels=[[8]]: unknown key 'chanels'. Did you mean 'channels'?")]
    [InlineData("show cnn --input 1x28x28 --set channels=[[0]]", "--set channels=[[0]]: channels: expected")]
    [InlineData("show cnn --input 1x28x28 --set dropout=much", "--set dropout=much: dropout: expected a number")]
    [InlineData("show cnn --input 1x28x28 --set channels", "expected path=value")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_wrong(string line, string expected)
    {
        var (code, output, error) = await Run($"models {line}");
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task Every_fault_of_the_options_is_told_at_once()
    {
        var (_, _, error) = await Run("models show mlp --input 1x28x28 --set hiden=[1] --set dropout=2 --set activation=rleu");
        Assert.Equal(3, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Options_for_building_a_model_are_refused_with_a_finished_one()
    {
        ModelRegistry.Build(new MlpOptions(), new ImageModelInput(1, 8, 8), 10, seed: 3).Save(_folder.File("some.onnx"));
        var (code, _, error) = await Run("models show some.onnx --classes 3 --set hidden=[4]");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("--classes, --set: 'some.onnx' is a finished model", error);
    }

    private Task<(int Code, string Output, string Error)> Run(string line) => CommandLine.RunAsync(_folder.Path, line.Split(' '));
}
