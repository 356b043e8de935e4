using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class ModelStageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(100, 3)]
    public void Training_images_go_along_as_far_as_there_are_any(int wanted, int expected)
    {
        byte[] pixels = [.. Enumerable.Range(0, 3 * 16).Select(i => (byte)i)];
        DatasetWriter.Write(_folder.Path, new DatasetContent
        {
            Name = "tiny",
            Labels = ["a", "b"],
            Train = new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, 4, 4], pixels)], new long[] { 0, 1, 0 }),
        });
        using var dataset = Dataset.Open(_folder.Path);
        Assert.Equal(pixels[..(expected * 16)], Assert.IsType<ImageModelInput>(DatasetModel.InputOf(dataset, wanted)).Samples.ToArray());
    }

    [Fact]
    public void Only_a_model_whose_first_weights_depend_on_images_is_given_any() =>
        Assert.Equal([typeof(AirbenchOptions)], ModelRegistry.Entries.Where(e => e.UsesSamples).Select(e => e.OptionsType));
}
