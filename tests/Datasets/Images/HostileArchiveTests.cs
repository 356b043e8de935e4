using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Images;

public sealed class HostileArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../outside.png")]
    [InlineData("cat/../../outside.png")]
    [InlineData("/outside.png")]
    [InlineData("..\\outside.png")]
    [InlineData("C:/outside.png")]
    [InlineData("cat/..")]
    public void A_name_that_leads_outside_is_refused_and_nothing_is_written(string name)
    {
        var photos = Photos.CatsAndDogs(3);
        photos[name] = Photos.Plain(1, 1, 1);
        foreach (var path in new[] { photos.WriteTar(_folder.File("a.tar")), photos.WriteZip(_folder.File("a.zip")) })
            Assert.Contains("points outside", Fault(path), StringComparison.Ordinal);
        Assert.Equal(["a.tar", "a.zip"], Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Where(n => n != "out").Order());
        Assert.False(File.Exists(Path.Combine(_folder.Path, "..", "outside.png")));
    }

    [Fact]
    public void A_name_with_control_characters_is_refused()
    {
        var photos = Photos.CatsAndDogs(3);
        photos["cat/\u001b[2J.png"] = Photos.Plain(1, 1, 1);
        var fault = Fault(photos.WriteZip(_folder.File("a.zip")));
        Assert.Contains("cat/?[2J.png", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public void A_tar_may_hold_files_and_folders_only(TarEntryType type)
    {
        using (var tar = new TarWriter(File.Create(_folder.File("a.tar"))))
        {
            var entry = new PaxTarEntry(type, "cat/link.png");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc/passwd";
            tar.WriteEntry(entry);
        }
        Assert.Contains($"'cat/link.png' is a {type}", Fault(_folder.File("a.tar")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_in_a_zip_is_refused()
    {
        using (var zip = new ZipArchive(File.Create(_folder.File("a.zip")), ZipArchiveMode.Create))
        {
            var entry = zip.CreateEntry("cat/link.png");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var stream = entry.Open();
            stream.Write("/etc/passwd"u8);
        }
        Assert.Contains("'cat/link.png' is a link", Fault(_folder.File("a.zip")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_twice_is_an_error()
    {
        using (var zip = new ZipArchive(File.Create(_folder.File("a.zip")), ZipArchiveMode.Create))
        {
            foreach (var name in new[] { "cat/1.png", "./cat//1.png" })
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(Photos.Plain(1, 1, 1));
            }
        }
        Assert.Contains("'cat/1.png' is there twice", Fault(_folder.File("a.zip")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_is_refused_whichever_archive_it_is()
    {
        var photos = Photos.CatsAndDogs(2);
        photos["cat/zeros.png"] = new byte[80 << 20];
        foreach (var path in new[] { photos.WriteTar(_folder.File("a.tgz"), gzip: true), photos.WriteZip(_folder.File("a.zip")) })
            Assert.Contains("unpacks to more than ", Fault(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_zip_that_lies_about_a_file_s_length_has_that_file_broken(int more)
    {
        var path = Photos.CatsAndDogs(3).WriteZip(_folder.File("a.zip"));
        var bytes = File.ReadAllBytes(path);
        // The first entry of the central directory: its signature, then 20 bytes on the uncompressed length.
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'P', (byte)'K', 1, 2]) + 24;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) + more);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("1 of 6 images are broken", Fault(path), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_archive_is_told()
    {
        File.WriteAllText(_folder.File("a"), "not an archive at all");
        Assert.Contains("not a tar or .zip, or a corrupt one", Fault(_folder.File("a")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.tgz")]
    [InlineData("a.tar")]
    [InlineData("a.zip")]
    public void Truncation_and_damage_never_bring_another_exception(string name)
    {
        var photos = Photos.CatsAndDogs(2);
        var path = name.EndsWith("zip", StringComparison.Ordinal) ? photos.WriteZip(_folder.File(name)) : photos.WriteTar(_folder.File(name), gzip: name.EndsWith("tgz", StringComparison.Ordinal));
        var whole = File.ReadAllBytes(path);
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var damaged = whole.ToArray();
            for (var n = 0; n < 4; n++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, i % 3 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            if (Record.Exception(() => Build(path)) is { } error) Assert.IsType<DatasetFormatException>(error);
        }
    }

    private void Build(string path) =>
        DatasetBuilder.Build(new DataOptions { Dataset = "image-folder", ImageFolder = new ImageFolderOptions { Path = path } }, 1, new SourceOptions(), _folder.File("out"));

    private string Fault(string path) => Assert.Throws<DatasetFormatException>(() => Build(path)).Message;
}
