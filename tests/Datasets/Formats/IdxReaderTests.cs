using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Formats;

public sealed class IdxReaderTests
{
    private static readonly byte[] Data = SmallData.Noise(2 * 3 * 4, 7);
    private static readonly byte[] Whole = SmallData.Idx(Data, 2, 3, 4);

    [Fact]
    public void What_was_written_is_read_back()
    {
        var sizes = Gen.Choose(1, 9).Three().ToArbitrary();
        Prop.ForAll(sizes, size =>
        {
            var data = SmallData.Noise(size.Item1 * size.Item2 * size.Item3, size.Item1);
            var tensor = Read(SmallData.Idx(data, size.Item1, size.Item2, size.Item3), 3);
            return tensor.Sizes.SequenceEqual([size.Item1, size.Item2, size.Item3]) && tensor.Data.AsSpan().SequenceEqual(data);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_tensor_larger_than_one_reading_step_is_read_whole()
    {
        var data = SmallData.Noise((5 << 20) + 3, 3);
        Assert.Equal(data, Read(SmallData.Idx(data, data.Length), 1).Data);
    }

    [Fact]
    public void Truncation_at_every_byte_is_an_error_that_says_so()
    {
        for (var length = 0; length < Whole.Length; length++)
        {
            var error = Assert.Throws<DatasetFormatException>(() => Read(Whole[..length], 3));
            Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_gzip_file_truncated_at_any_byte_never_gives_wrong_data()
    {
        var zipped = SmallData.Gzip(Whole);
        // The block's end mark, checksum and length: without them, all elements may still be there.
        const int end = 12;
        for (var length = 0; length < zipped.Length - end; length++) AssertErrorOrWhole(zipped[..length], mustFail: true);
        for (var length = zipped.Length - end; length <= zipped.Length; length++) AssertErrorOrWhole(zipped[..length], mustFail: false);
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_gzip_file_never_gives_wrong_data()
    {
        var zipped = SmallData.Gzip(Whole);
        for (var bit = 0; bit < 8 * zipped.Length; bit++)
        {
            var damaged = zipped.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertErrorOrWhole(damaged, mustFail: false);
        }
    }

    [Fact]
    public void A_plain_file_is_read_like_a_gzipped_one()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("images"), Whole);
        Assert.Equal(Data, IdxReader.ReadFile(folder.File("images"), 3).Data);
    }

    [Theory]
    [InlineData(0, 0x01, "not an IDX file")]
    [InlineData(1, 0xFF, "not an IDX file")]
    [InlineData(2, 0x0D, "element type 0x0D")]
    [InlineData(3, 0x01, "1 axes; expected 3")]
    [InlineData(3, 0xFF, "255 axes; expected 3")]
    public void A_wrong_magic_number_is_named(int at, byte value, string expected)
    {
        var bytes = Whole.ToArray();
        bytes[at] = value;
        var error = Assert.Throws<DatasetFormatException>(() => Read(bytes, 3));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("some.idx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_after_the_last_element_are_an_error()
    {
        var error = Assert.Throws<DatasetFormatException>(() => Read([.. Whole, 0], 3));
        Assert.Contains("after the last", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, 4)]
    [InlineData(2, 0, 4)]
    [InlineData(2, -1, 4)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue, 2, 1)]
    public void Sizes_that_cannot_be_are_errors(int first, int second, int third) =>
        Assert.Throws<DatasetFormatException>(() => Read(SmallData.Idx(Data, first, second, third), 3));

    [Fact]
    public void An_absurd_size_in_the_header_does_not_allocate()
    {
        var lying = SmallData.Idx(Data, 30_000, 60, 1000);
        Assert.Throws<DatasetFormatException>(() => Read(lying, 3));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DatasetFormatException>(() => Read(lying, 3));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Random_bytes_never_bring_another_exception()
    {
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            // Begin like the real thing half of the time, so that the sizes are reached.
            if (i % 2 == 0) Whole.AsSpan(0, Math.Min(4, bytes.Length)).CopyTo(bytes);
            if (Record.Exception(() => Read(bytes, 3)) is { } error) Assert.IsType<DatasetFormatException>(error);
        }
    }

    private static void AssertErrorOrWhole(byte[] file, bool mustFail)
    {
        using var folder = new TempFolder();
        var path = folder.File("images.gz");
        File.WriteAllBytes(path, file);
        if (Record.Exception(() => Assert.Equal(Data, IdxReader.ReadFile(path, 3).Data)) is { } error) Assert.IsType<DatasetFormatException>(error);
        else Assert.False(mustFail);
    }

    private static IdxTensor Read(byte[] bytes, int rank) => IdxReader.Read(new MemoryStream(bytes), "some.idx", rank);
}
