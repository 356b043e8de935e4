using OnnxPipeline.Inference;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Examples.Tests;

public sealed class OnDeviceExampleTests : IDisposable
{
    private const int Side = TestModels.Side;
    private readonly ExampleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_app_teaches_a_class_from_a_folder_of_images()
    {
        BundleBuilder.Build(Model.Parse(TestModels.Brightness()), new BundleOptions { SpareClasses = 1, Optimizer = new AdamWOptions { LearningRate = 0.01 } }).Save(_folder.File("bundle.zip"));
        for (var i = 0; i < 6; i++)
        {
            Put($"photos/dark/{i}.png", TestModels.UniformPng((byte)(4 * i)));
            Put($"photos/bright/{i}.png", TestModels.UniformPng((byte)(255 - 4 * i)));
            Put($"photos/left half/{i}.png", LeftHalf((byte)(255 - 9 * i)));
        }
        var lines = (await Programs.OutputAsync("dotnet", _folder.Path, Repository.Built("OnnxPipeline.Examples.OnDevice"), "bundle.zip", "photos", "taught.onnx")).Split('\n');
        Assert.Equal($"before: {2.0 / 3:P0} of 6 held-out images", lines[0]);
        Assert.EndsWith($" {1.0:P0}", lines[1], StringComparison.Ordinal);
        using var taught = Predictor.Open(_folder.File("taught.onnx"));
        Assert.Equal([.. TestModels.Labels, "left half"], taught.Labels);
        Assert.Equal("left half", taught.Predict(LeftHalf(230)).Top.Label);
        Assert.Equal("dark", taught.Predict(TestModels.UniformPng(3)).Top.Label);
    }

    [Fact]
    public async Task Without_its_arguments_the_app_says_what_it_takes()
    {
        var ended = await Programs.RunAsync("dotnet", _folder.Path, Repository.Built("OnnxPipeline.Examples.OnDevice"));
        Assert.Equal(2, ended.Code);
        Assert.Contains("BUNDLE FOLDER OUT.onnx", ended.Error, StringComparison.Ordinal);
    }

    private void Put(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllBytes(_folder.File(name), bytes);
    }

    private static byte[] LeftHalf(byte ink) => TestImages.GreyPng(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(i => i % Side < Side / 2 ? ink : (byte)0)]);
}
