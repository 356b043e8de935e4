using System.Formats.Tar;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Models.Tables;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>
/// Reads the binary release of CIFAR-10: a tar, gzipped or not, of five training batches, one test batch and the class names.
/// A record is one label byte, then 1,024 red, 1,024 green and 1,024 blue bytes, each in row-major order. Nothing is unpacked
/// to disk. Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
/// </summary>
/// <param name="path">The archive.</param>
/// <param name="labels">The class names that batches.meta.txt must give, in this order.</param>
/// <param name="batchSize">Records of a batch.</param>
internal sealed class CifarArchive(string path, IReadOnlyList<string> labels, int batchSize = 10_000)
{
    internal const string Folder = "cifar-10-batches-bin/";
    internal const string TestBatch = Folder + "test_batch.bin";
    internal const string Names = Folder + "batches.meta.txt";
    internal const int TrainBatches = 5;
    internal const int ImageBytes = 3 * 32 * 32;

    /// <summary>Room for what an honest archive has beside the batches: class names, a page of text, tar headers.</summary>
    private const int OtherBytes = 1 << 20;

    private readonly HashSet<string> _found = [];
    private readonly byte[] _record = new byte[1 + ImageBytes];
    private byte[] _trainPixels = [], _testPixels = [];
    private readonly long[] _trainLabels = new long[TrainBatches * batchSize], _testLabels = new long[batchSize];

    private long BatchBytes => (long)batchSize * _record.Length;

    internal static string TrainBatch(int index) => $"{Folder}data_batch_{index + 1}.bin";

    /// <exception cref="DatasetFormatException">It is not exactly such an archive.</exception>
    public (SampleSet Train, SampleSet Test) Read()
    {
        try
        {
            using var stream = new BoundedStream(CompressedFile.OpenRead(path), ((TrainBatches + 1) * BatchBytes) + OtherBytes, path, DatasetFormatException.Of);
            using (var tar = new TarReader(stream, leaveOpen: true))
            {
                while (tar.GetNextEntry() is { } entry) ReadMember(entry);
            }
            // To the end, where gzip has its checksum.
            while (stream.Read(_record) > 0) ;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new DatasetFormatException($"{path}: a corrupt archive: {exception.Message} Get the file again.", exception);
        }
        var missing = Enumerable.Range(0, TrainBatches).Select(TrainBatch).Append(TestBatch).Append(Names).Where(name => !_found.Contains(name)).ToArray();
        if (missing.Length > 0) throw new DatasetFormatException($"{path}: there is no {string.Join(", no ", missing)} in it; the archive is cut short, or another one.");
        return (Samples(_trainPixels, _trainLabels), Samples(_testPixels, _testLabels));
    }

    private static SampleSet Samples(byte[] pixels, long[] labels) => new([new SampleTensor("image", DataKind.UInt8, [3, 32, 32], pixels)], labels);

    private void ReadMember(TarEntry entry)
    {
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        if (name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Split('/').Contains(".."))
            throw new DatasetFormatException($"{path}: member '{entry.Name}' points outside of the archive; expected names under {Folder}. Do not trust this file.");
        var train = Enumerable.Range(0, TrainBatches).FirstOrDefault(i => TrainBatch(i) == name, -1);
        if (train < 0 && name is not (TestBatch or Names)) return;

        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw new DatasetFormatException($"{path}: {name} is a {entry.EntryType}; expected a regular file.");
        if (!_found.Add(name)) throw new DatasetFormatException($"{path}: {name} is there twice; expected once.");
        if (name == Names) ReadNames(entry);
        else if (train < 0) ReadBatch(entry, name, ref _testPixels, _testLabels, 0);
        else ReadBatch(entry, name, ref _trainPixels, _trainLabels, train * batchSize);
    }

    private void ReadNames(TarEntry entry)
    {
        if (entry.Length > OtherBytes) throw new DatasetFormatException($"{path}: {Names} claims {entry.Length:N0} bytes; expected {labels.Count} class names.");
        using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
        var names = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!names.SequenceEqual(labels)) throw new DatasetFormatException($"{path}: {Names} gives the classes {string.Join(", ", names.Take(2 * labels.Count))}; expected {string.Join(", ", labels)}.");
    }

    private void ReadBatch(TarEntry entry, string name, ref byte[] pixels, long[] into, int first)
    {
        if (entry.Length != BatchBytes || entry.DataStream is not { } stream)
            throw new DatasetFormatException($"{path}: {name} has {entry.Length:N0} bytes; expected {BatchBytes:N0}, {batchSize:N0} records of {_record.Length:N0} bytes.");
        if (pixels.Length == 0) pixels = new byte[into.Length * ImageBytes];
        for (var i = 0; i < batchSize; i++)
        {
            var read = stream.ReadAtLeast(_record, _record.Length, throwOnEndOfStream: false);
            if (read < _record.Length) throw new DatasetFormatException($"{path}: {name} is cut short in record {i:N0} of {batchSize:N0}. Get the file again.");
            if (_record[0] >= labels.Count) throw new DatasetFormatException($"{path}: {name} has label {_record[0]} at record {i:N0}; expected 0 to {labels.Count - 1}.");
            into[first + i] = _record[0];
            _record.AsSpan(1).CopyTo(pixels.AsSpan((first + i) * ImageBytes));
        }
    }
}
