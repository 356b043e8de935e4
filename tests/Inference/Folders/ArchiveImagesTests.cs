using System.Formats.Tar;
using System.IO.Compression;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class ArchiveImagesTests : IDisposable
{
    private static readonly byte[] Dark = TestModels.UniformPng(0), Bright = TestModels.UniformPng(255);
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.zip")]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    [InlineData("a.TGZ")]
    public async Task Images_are_read_where_they_are_in_the_archives_order(string name)
    {
        (string, byte[])[] entries = [("z/1.png", Dark), ("notes.txt", [1]), (".hidden.png", Dark), ("a/2.PNG", Bright), ("bad.png", [1, 2]), ("empty.png", []), .. Enumerable.Range(0, 20).Select(i => ($"more/{i:00}.png", Bright))];
        var archive = name.EndsWith("zip", StringComparison.Ordinal) ? _folder.WriteZip(name, entries) : _folder.WriteTar(name.ToLowerInvariant(), [.. entries.Select(e => ImageFolder.TarFile(e.Item1, e.Item2))]);
        var rows = await _folder.PredictAsync(new FolderInputs { Paths = [archive] });
        Assert.Equal(["z/1.png", "a/2.PNG", "bad.png", "empty.png", .. Enumerable.Range(0, 20).Select(i => $"more/{i:00}.png")], rows.Select(r => r.Path[(archive.Length + 1)..]));
        Assert.Equal(["dark", "bright", null, null, .. Enumerable.Repeat("bright", 20)], rows.Select(r => r.Label));
        Assert.Contains("empty", rows[3].Error);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("../evil.png")]
    [InlineData("/evil.png")]
    [InlineData("a/../../evil.png")]
    [InlineData("..\\evil.png")]
    [InlineData("c:evil.png")]
    [InlineData("a\u0007.png")]
    public async Task A_name_that_leads_outside_is_an_error_and_stops_nothing(string name)
    {
        foreach (var archive in new[] { _folder.WriteZip("a.zip", (name, Bright), ("good.png", Dark)), _folder.WriteTar("a.tar", ImageFolder.TarFile(name, Bright), ImageFolder.TarFile("good.png", Dark)) })
        {
            var rows = await _folder.PredictAsync(new FolderInputs { Paths = [archive] });
            Assert.Equal([null, "dark"], rows.Select(r => r.Label));
            Assert.Contains("It was not read", rows[0].Error);
            Assert.Equal(archive, rows[0].Path);
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task A_link_is_an_error_and_is_not_followed(TarEntryType type)
    {
        var target = _folder.Write("outside.png", Bright);
        var archive = _folder.WriteTar("a.tar", new PaxTarEntry(type, "link.png") { LinkName = target }, ImageFolder.TarFile("good.png", Dark));
        var rows = await _folder.PredictAsync(new FolderInputs { Paths = [archive] });
        Assert.Equal([null, "dark"], rows.Select(r => r.Label));
        Assert.Contains($"it is a {type}", rows[0].Error);
    }

    [Fact]
    public async Task A_bomb_is_an_error_and_what_follows_the_archive_is_read()
    {
        using (var zip = ZipFile.Open(_folder.File("bomb.zip"), ZipArchiveMode.Create)) Fill(zip.CreateEntry("zeros.png").Open());
        using (var file = new GZipStream(File.Create(_folder.File("bomb.tgz")), CompressionLevel.Fastest)) Fill(file, header: TarHeader(80 << 20));
        var good = _folder.Write("good.png", Dark);
        var rows = await _folder.PredictAsync(new FolderInputs { Paths = [_folder.File("bomb.zip"), _folder.File("bomb.tgz"), good] });
        Assert.Equal("dark", rows[^1].Label);
        Assert.Equal(["bomb.zip", "zeros.png", "bomb.tgz", "good.png"], rows.Select(r => Path.GetFileName(r.Path)));
        foreach (var name in new[] { "bomb.zip", "bomb.tgz" }) Assert.Contains(rows, row => row.Path.Contains(name) && row.Error!.Contains("unpacks to more than"));
    }

    [Fact]
    public async Task A_damaged_archive_gives_what_can_be_read_and_one_error()
    {
        var whole = File.ReadAllBytes(_folder.WriteTar("whole.tar", ImageFolder.TarFile("a.png", Bright), ImageFolder.TarFile("b.png", Dark)));
        var rows = await _folder.PredictAsync(new FolderInputs
        {
            Paths = [_folder.Write("cut.tar", whole[..(whole.Length / 2 - 300)]), _folder.Write("no.zip", [(byte)'P', (byte)'K', 3, 4, 0, 1]), _folder.Write("no.tar", "not at all"u8.ToArray()), _folder.WriteZip("empty.zip"), _folder.WriteZip("text.zip", ("a.txt", Dark))],
        });
        Assert.Equal("bright", rows[0].Label);
        Assert.Equal("dark", Assert.Single(await _folder.PredictAsync(new FolderInputs { Paths = [_folder.WriteZip("w.zip", ("b.png", Dark))] })).Label);
        Assert.All(rows.Skip(1), row => Assert.NotNull(row.Error));
        foreach (var name in new[] { "cut.tar", "no.zip", "no.tar", "empty.zip", "text.zip" }) Assert.Contains(rows, row => row.Error is not null && row.Path.Contains(name));
    }

    private static byte[] TarHeader(int length)
    {
        using var file = new MemoryStream();
        using (var tar = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true)) tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "zeros.png") { DataStream = new MemoryStream([0]) });
        var header = file.ToArray()[..512];
        Write(header.AsSpan(124, 12), $"{Convert.ToString(length, 8).PadLeft(11, '0')}\0");
        Write(header.AsSpan(148, 8), "        ");
        var sum = header.Sum(b => b);
        Write(header.AsSpan(148, 8), $"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ");
        return header;

        static void Write(Span<byte> field, string text) => System.Text.Encoding.ASCII.GetBytes(text, field);
    }

    private static void Fill(Stream stream, byte[]? header = null)
    {
        using (stream)
        {
            stream.Write(header ?? []);
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 80; i++) stream.Write(zeros);
        }
    }
}
