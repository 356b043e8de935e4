using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests;

public sealed class DatasetArtifactTests : IDisposable
{
    private static readonly DatasetContent Content = SmallData.Content(SmallData.Samples(30, channels: 2), test: SmallData.Samples(9, channels: 2, seed: 2));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_what_opens()
    {
        DatasetWriter.Write(_folder.Path, Content);
        using var dataset = Dataset.Open(_folder.Path);
        Assert.Equal(("small", "tests"), (dataset.Name, dataset.Source));
        Assert.Equal(["a", "b", "c"], dataset.Labels);
        Assert.Equal((30, 0, 9), (dataset.Train.Count, dataset.Validation.Count, dataset.Test.Count));
        var image = dataset.Test.Features.Single();
        Assert.Equal(("image", DataKind.UInt8, 60), (image.Name, image.Kind, image.ItemBytes));
        Assert.Equal(Content.Test!.Features[0].Data.ToArray(), image.Items(0, 9).ToArray());
        Assert.Equal(Content.Test.Features[0].Data.Span.Slice(4 * 60, 60).ToArray(), image.Item(4).ToArray());
        Assert.Equal(2L, MemoryMarshal.Read<long>(dataset.Train.Label.Item(5)));
    }

    [Fact]
    public void The_files_are_those_the_design_names()
    {
        DatasetWriter.Write(_folder.Path, Content);
        Assert.Equal(
            ["meta.json", "test.image.u8", "test.label.i64", "train.image.u8", "train.label.i64", "validation.image.u8", "validation.label.i64"],
            Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var meta = JsonNode.Parse(File.ReadAllText(_folder.File("meta.json")))!;
        var bytes = File.ReadAllBytes(_folder.File("train.image.u8"));
        Assert.Equal(SmallData.File("", bytes).Sha256, (string?)meta["train"]!["features"]![0]!["sha256"]);
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes()
    {
        using var other = new TempFolder();
        DatasetWriter.Write(_folder.Path, Content);
        DatasetWriter.Write(other.Path, Content);
        foreach (var path in Directory.EnumerateFiles(_folder.Path))
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(other.File(Path.GetFileName(path))));
    }

    [Fact]
    public void Mean_and_deviation_are_those_of_each_channel_of_the_training_part()
    {
        DatasetWriter.Write(_folder.Path, Content);
        using var dataset = Dataset.Open(_folder.Path);
        var pixels = Content.Train.Features[0].Data.ToArray();
        for (var channel = 0; channel < 2; channel++)
        {
            var values = pixels.Where((_, i) => i / 30 % 2 == channel).Select(p => p / 255.0).ToArray();
            var mean = values.Average();
            Assert.Equal(mean, dataset.Mean[channel], 6);
            Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), dataset.Std[channel], 6);
        }
    }

    [Fact]
    public void Several_typed_features_without_an_image_are_a_dataset_too()
    {
        float[] numbers = [1.5f, -2, 0, 4];
        long[] categories = [7, -1];
        var samples = new SampleSet(
            [new SampleTensor("numeric", DataKind.Float, [2], MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray()), new SampleTensor("category", DataKind.Int64, [], MemoryMarshal.AsBytes(categories.AsSpan()).ToArray())],
            new long[] { 0, 2 });
        DatasetWriter.Write(_folder.Path, SmallData.Content(samples));
        using var dataset = Dataset.Open(_folder.Path);
        Assert.Empty(dataset.Mean);
        Assert.Equal([0, 4], MemoryMarshal.Cast<byte, float>(dataset.Train.Features[0].Item(1)).ToArray());
        Assert.Equal(-1, MemoryMarshal.Read<long>(dataset.Train.Features[1].Item(1)));
    }

    [Fact]
    public void Every_fault_of_the_content_is_reported_at_once()
    {
        var image = new SampleTensor("Image!", DataKind.UInt8, [1, 2, 2], new byte[7]);
        var content = SmallData.Content(new SampleSet([image], new long[] { 0, 9 }), test: SmallData.Samples(3));
        var error = Assert.Throws<ArgumentException>(() => DatasetWriter.Write(_folder.Path, content));
        Assert.Contains("label 9; expected 0 to 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("named 'Image!'", error.Message, StringComparison.Ordinal);
        Assert.Contains("has 7 bytes; 2 samples need 8", error.Message, StringComparison.Ordinal);
        Assert.Contains("test has features image uint8[1,6,5]; expected Image! uint8[1,2,2]", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_nothing_that_opens()
    {
        DatasetWriter.Write(_folder.Path, Content);
        File.Delete(_folder.File("test.label.i64"));
        Directory.CreateDirectory(_folder.File("test.label.i64"));
        Assert.ThrowsAny<Exception>(() => DatasetWriter.Write(_folder.Path, Content));
        AssertOpenFails("holds no dataset artifact");
    }

    [Theory]
    [InlineData("train.image.u8")]
    [InlineData("test.label.i64")]
    public void A_file_that_is_too_short_or_missing_does_not_open(string name)
    {
        DatasetWriter.Write(_folder.Path, Content);
        using (var file = File.OpenWrite(_folder.File(name))) file.SetLength(file.Length - 1);
        AssertOpenFails("need");
        File.Delete(_folder.File(name));
        AssertOpenFails("is missing");
    }

    [Fact]
    public void A_label_that_is_no_class_does_not_open()
    {
        DatasetWriter.Write(_folder.Path, Content);
        var bytes = File.ReadAllBytes(_folder.File("train.label.i64"));
        bytes[8 * 4] = 77;
        File.WriteAllBytes(_folder.File("train.label.i64"), bytes);
        AssertOpenFails("train sample 4 has label 77; expected 0 to 2");
    }

    [Theory]
    [InlineData("\"format\": 2", "\"format\": 3", "dataset format 3")]
    [InlineData("\"count\": 30", "\"count\": 31", "need")]
    [InlineData("\"count\": 30", "\"count\": -1", "count -1")]
    [InlineData("\"train.image.u8\"", "\"../train.image.u8\"", "without folders")]
    [InlineData("\"kind\": \"UInt8\"", "\"kind\": \"Bits\"", "damaged")]
    [InlineData("\"kind\": \"Int64\"", "\"kind\": \"Float\"", "expected int64[]")]
    [InlineData("\"name\": \"small\",", "", "damaged")]
    [InlineData("\"itemShape\": [", "\"itemShape\": [-1,", "not positive")]
    [InlineData("\"itemShape\": [", "\"itemShape\": [9223372036854775807,9,", "larger than")]
    [InlineData("{", "", "damaged")]
    public void A_damaged_meta_json_does_not_open(string from, string to, string expected)
    {
        DatasetWriter.Write(_folder.Path, Content);
        var text = File.ReadAllText(_folder.File("meta.json"));
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(_folder.File("meta.json"), text[..at] + to + text[(at + from.Length)..]);
        AssertOpenFails(expected);
    }

    [Fact]
    public void A_folder_without_an_artifact_says_so() => AssertOpenFails("holds no dataset artifact");

    [Fact]
    public void Items_that_are_not_there_cannot_be_read()
    {
        DatasetWriter.Write(_folder.Path, Content);
        var dataset = Dataset.Open(_folder.Path);
        var image = dataset.Train.Features[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Item(30).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Item(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Items(29, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Items(2, int.MaxValue).Length);
        dataset.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Item(0).Length);
    }

    private void AssertOpenFails(string expected)
    {
        var error = Assert.Throws<DatasetFormatException>(() => Dataset.Open(_folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
