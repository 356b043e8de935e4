using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Formats;

public sealed class CifarArchiveTests : IDisposable
{
    private const int BatchSize = 4;
    private const int RecordBytes = 1 + CifarArchive.ImageBytes;

    private static readonly string[] Labels = ["cat", "dog", "frog"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batches_become_samples_in_their_order_whatever_the_order_of_the_members(bool gzip)
    {
        var members = Members();
        var (train, test) = Read([.. members.Reverse()], gzip);
        Assert.Equal((20, 4), (train.Count, test.Count));
        Assert.Equal([3, 32, 32], train.Features.Single().ItemShape);
        var records = members.Take(5).SelectMany(m => m.Bytes.Chunk(RecordBytes)).ToArray();
        Assert.Equal(records.Select(r => (long)r[0]), train.Labels.ToArray());
        Assert.Equal(records.SelectMany(r => r[1..]), train.Features[0].Data.ToArray());
        Assert.Equal(members[5].Bytes[1..RecordBytes], test.Features[0].Data[..CifarArchive.ImageBytes].ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_batch_of_another_size_is_named(int more)
    {
        var members = Members();
        members[2] = members[2] with { Bytes = new byte[(BatchSize * RecordBytes) + more] };
        Assert.Contains($"data_batch_3.bin has {(BatchSize * RecordBytes) + more:N0} bytes; expected 12,292", Fault(members), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_no_class_names_batch_and_record()
    {
        var members = Members();
        members[5].Bytes[2 * RecordBytes] = 3;
        Assert.Contains("test_batch.bin has label 3 at record 2; expected 0 to 2", Fault(members), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "data_batch_1.bin")]
    [InlineData(5, "test_batch.bin")]
    [InlineData(6, "batches.meta.txt")]
    public void A_missing_member_is_named(int index, string name) =>
        Assert.Contains($"there is no {CifarArchive.Folder}{name}", Fault([.. Members().Where((_, i) => i != index)]), StringComparison.Ordinal);

    [Fact]
    public void A_member_that_comes_twice_is_an_error() =>
        Assert.Contains("data_batch_2.bin is there twice", Fault([.. Members(), Members()[1]]), StringComparison.Ordinal);

    [Fact]
    public void Other_class_names_are_an_error()
    {
        var members = Members();
        members[6] = members[6] with { Bytes = "dog\ncat\nfrog\n"u8.ToArray() };
        Assert.Contains("gives the classes dog, cat, frog; expected cat, dog, frog", Fault(members), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_beside_the_batches_are_passed_over() =>
        Assert.Equal(20, Read([new("cifar-10-batches-bin/readme.html", [1, 2, 3]), .. Members()]).Train.Count);

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("cifar-10-batches-bin/../../outside.bin")]
    [InlineData("/outside.bin")]
    [InlineData("..\\outside.bin")]
    public void A_member_that_points_outside_is_refused_and_nothing_is_written(string name)
    {
        Assert.Contains("points outside of the archive", Fault([new(name, [1]), .. Members()]), StringComparison.Ordinal);
        Assert.Equal(["archive"], Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "..", "outside.bin")));
    }

    [Fact]
    public void A_link_in_place_of_a_batch_is_refused()
    {
        using (var tar = new TarWriter(File.Create(_folder.File("archive"))))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, CifarArchive.TestBatch) { LinkName = "/etc/passwd" });
        Assert.Contains("test_batch.bin is a SymbolicLink", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_is_refused_before_it_is_unpacked()
    {
        Write([new("cifar-10-batches-bin/zeros", new byte[64 << 20]), .. Members()], gzip: true);
        Assert.Contains("unpacks to more than 1,122,328 bytes", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Truncation_anywhere_is_an_error()
    {
        Write(Members(), gzip: false);
        var whole = File.ReadAllBytes(_folder.File("archive"));
        // The last member's bytes end 1,024 + 512 bytes before the end; what follows is padding.
        for (var length = 0; length < whole.Length - 1536; length += 397)
        {
            File.WriteAllBytes(_folder.File("archive"), whole[..length]);
            Fault();
        }
    }

    [Fact]
    public void Damage_anywhere_in_a_gzipped_archive_is_an_error()
    {
        Write(Members(), gzip: true);
        var whole = File.ReadAllBytes(_folder.File("archive"));
        // Past gzip's header, whose time and system bytes mean nothing.
        for (var at = 10; at < whole.Length; at += 499)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(_folder.File("archive"), damaged);
            Fault();
        }
    }

    [Fact]
    public void Damaged_headers_never_bring_another_exception()
    {
        Write(Members(), gzip: false);
        var whole = File.ReadAllBytes(_folder.File("archive"));
        var random = new Random(3);
        for (var i = 0; i < 400; i++)
        {
            var damaged = whole.ToArray();
            for (var n = 0; n < 3; n++) damaged[random.Next(1536)] = (byte)random.Next(256);
            File.WriteAllBytes(_folder.File("archive"), damaged);
            if (Record.Exception(() => Read()) is { } error) Assert.IsType<DatasetFormatException>(error);
        }
    }

    private static Member[] Members() =>
    [
        .. Enumerable.Range(0, CifarArchive.TrainBatches).Select(i => new Member(CifarArchive.TrainBatch(i), Batch(i))),
        new(CifarArchive.TestBatch, Batch(9)),
        new(CifarArchive.Names, Encoding.ASCII.GetBytes(string.Join("\n", Labels) + "\n\n")),
    ];

    private static byte[] Batch(int seed)
    {
        var bytes = SmallData.Noise(BatchSize * RecordBytes, seed);
        for (var i = 0; i < BatchSize; i++) bytes[i * RecordBytes] = (byte)((i + seed) % Labels.Length);
        return bytes;
    }

    private (SampleSet Train, SampleSet Test) Read() => new CifarArchive(_folder.File("archive"), Labels, BatchSize).Read();

    private (SampleSet Train, SampleSet Test) Read(Member[] members, bool gzip = true)
    {
        Write(members, gzip);
        return Read();
    }

    private string Fault(Member[] members)
    {
        Write(members, gzip: true);
        return Fault();
    }

    private string Fault()
    {
        var error = Assert.Throws<DatasetFormatException>(() => Read());
        Assert.Contains(_folder.File("archive"), error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    private void Write(Member[] members, bool gzip)
    {
        var file = File.Create(_folder.File("archive"));
        using var tar = new TarWriter(gzip ? new GZipStream(file, CompressionLevel.Fastest) : file, TarEntryFormat.Ustar);
        foreach (var (name, bytes) in members) tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
    }

    private sealed record Member(string Name, byte[] Bytes);
}
