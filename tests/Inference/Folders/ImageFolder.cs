using System.Formats.Tar;
using System.IO.Compression;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

/// <summary>A folder of images of even grey, and the model that tells the bright from the dark.</summary>
internal sealed class ImageFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public Predictor Model { get; } = Predictor.Open(TestModels.Brightness());

    public string Path => _folder.Path;

    public string File(string name) => _folder.File(name);

    public string Write(string name, byte[] bytes)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, params string[] lines)
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllLines(path, lines);
        return path;
    }

    /// <summary>Images "000.png" and so on in a folder, each a little brighter; every seventh is no image.</summary>
    public string WriteMany(string folder, int count)
    {
        for (var i = 0; i < count; i++) Write($"{folder}/{i:000}.png", i % 7 == 6 ? [1, 2, 3] : TestModels.UniformPng((byte)(i * 255 / count)));
        return _folder.File(folder);
    }

    public string WriteZip(string name, params (string Name, byte[] Bytes)[] entries)
    {
        using var zip = ZipFile.Open(_folder.File(name), ZipArchiveMode.Create);
        foreach (var (entry, bytes) in entries)
        {
            using var stream = zip.CreateEntry(entry).Open();
            stream.Write(bytes);
        }
        return _folder.File(name);
    }

    public string WriteTar(string name, params TarEntry[] entries)
    {
        using Stream file = System.IO.File.Create(_folder.File(name));
        using Stream stream = name.EndsWith("gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var tar = new TarWriter(stream);
        foreach (var entry in entries) tar.WriteEntry(entry);
        return _folder.File(name);
    }

    public static TarEntry TarFile(string name, byte[] bytes) => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) };

    public async Task<List<FolderRow>> PredictAsync(FolderInputs inputs, int batch = 4)
    {
        var rows = new List<FolderRow>();
        await foreach (var row in new FolderPredictor(Model, new FolderOptions { BatchSize = batch, Workers = 2 }).PredictAsync(inputs)) rows.Add(row);
        return rows;
    }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
