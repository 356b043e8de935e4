using System.Formats.Tar;
using System.IO.Compression;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Images;

/// <summary>Small images by name, written as a folder or as any of the archives.</summary>
internal sealed class Photos : Dictionary<string, byte[]>
{
    public const int Height = 3;
    public const int Width = 4;

    /// <summary>An RGB PNG of one colour.</summary>
    public static byte[] Plain(byte red, byte green, byte blue, int height = Height, int width = Width) =>
        TestImages.RgbPng(width, height, [.. Enumerable.Repeat(new[] { red, green, blue }, height * width).SelectMany(p => p)]);

    /// <summary><paramref name="each"/> images of cats and of dogs in every folder of <paramref name="prefixes"/>, no two alike.</summary>
    public static Photos CatsAndDogs(int each, params string[] prefixes)
    {
        var photos = new Photos();
        foreach (var (prefix, p) in prefixes.DefaultIfEmpty("").Select((prefix, p) => (prefix, p)))
        {
            for (var i = 0; i < each; i++)
            {
                photos[$"{prefix}dog/{i:00}.png"] = Plain((byte)i, (byte)p, 2);
                photos[$"{prefix}cat/{i:00}.png"] = Plain((byte)i, (byte)p, 1);
            }
        }
        return photos;
    }

    public string WriteFolder(string folder)
    {
        foreach (var (name, bytes) in this)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
        return folder;
    }

    public string WriteTar(string path, bool gzip = false)
    {
        using var file = File.Create(path);
        using Stream stream = gzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var tar = new TarWriter(stream, TarEntryFormat.Pax);
        foreach (var (name, bytes) in this) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        return path;
    }

    public string WriteZip(string path)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in this)
        {
            using var stream = zip.CreateEntry(name).Open();
            stream.Write(bytes);
        }
        return path;
    }
}
