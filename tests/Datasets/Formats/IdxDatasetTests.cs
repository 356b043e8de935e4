using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Formats;

public sealed class IdxDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_and_labels_become_samples()
    {
        var (images, labels) = Write(SmallData.Noise(12, 1), [3, 2, 2], [0, 2, 1]);
        var samples = IdxDataset.ReadSamples(images, labels, 3);
        Assert.Equal(3, samples.Count);
        Assert.Equal([1, 2, 2], samples.Features.Single().ItemShape);
        Assert.Equal([0L, 2L, 1L], samples.Labels.ToArray());
    }

    [Fact]
    public void A_label_out_of_range_names_the_sample()
    {
        var (images, labels) = Write(new byte[12], [3, 2, 2], [0, 1, 3]);
        var error = Assert.Throws<DatasetFormatException>(() => IdxDataset.ReadSamples(images, labels, 3));
        Assert.Contains("label 3 at sample 2; expected 0 to 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_labels_as_images_are_expected()
    {
        var (images, labels) = Write(new byte[12], [3, 2, 2], [0, 1]);
        var error = Assert.Throws<DatasetFormatException>(() => IdxDataset.ReadSamples(images, labels, 3));
        Assert.Contains("3 images", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exchanged_files_are_found_out()
    {
        var (images, labels) = Write(new byte[12], [3, 2, 2], [0, 1, 2]);
        var error = Assert.Throws<DatasetFormatException>(() => IdxDataset.ReadSamples(labels, images, 3));
        Assert.Contains("exchanged", error.Message, StringComparison.Ordinal);
    }

    private (string Images, string Labels) Write(byte[] pixels, int[] sizes, byte[] labels)
    {
        File.WriteAllBytes(_folder.File("images"), SmallData.Idx(pixels, sizes));
        File.WriteAllBytes(_folder.File("labels"), SmallData.Idx(labels, labels.Length));
        return (_folder.File("images"), _folder.File("labels"));
    }
}
