using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using OnnxPipeline.Datasets.Artifacts;

namespace OnnxPipeline.Datasets;

/// <summary>Writes a dataset artifact: one contiguous file a tensor and split, such as train.image.u8 and train.label.i64, and meta.json.</summary>
public static class DatasetWriter
{
    private const string LabelName = "label";

    /// <summary>Writes into <paramref name="folder"/>, which is made where it is missing. The same content gives the same bytes.</summary>
    /// <exception cref="ArgumentException">The content contradicts itself; the message lists every fault.</exception>
    /// <exception cref="IOException">The folder cannot be written. Without meta.json, which comes last, what is there never opens.</exception>
    public static void Write(string folder, DatasetContent content)
    {
        var faults = ContentFaults.Of(content);
        if (faults.Count > 0) throw new ArgumentException($"Dataset '{content.Name}' cannot be written:\n{string.Join("\n", faults.Select(f => "  - " + f))}", nameof(content));

        Directory.CreateDirectory(folder);
        var metaPath = Path.Combine(folder, DatasetMeta.FileName);
        File.Delete(metaPath);
        var (mean, std) = content.Columns.Count > 0 ? NumberStatistics.Of(content.Train) : PixelStatistics.Of(content.Train);
        var empty = content.Train.Select([]);
        var meta = new DatasetMeta
        {
            Format = DatasetMeta.CurrentFormat,
            Name = content.Name,
            Source = content.Source,
            Labels = content.Labels,
            Columns = content.Columns,
            Target = content.Target is { } target ? NumberStatistics.OfTarget(target, content.Train.Values.Span) : null,
            Mean = mean,
            Std = std,
            Train = WriteSplit(folder, Dataset.TrainName, content.Train, content.Target),
            Validation = WriteSplit(folder, Dataset.ValidationName, content.Validation ?? empty, content.Target),
            Test = WriteSplit(folder, Dataset.TestName, content.Test ?? empty, content.Target),
        };
        File.WriteAllBytes(metaPath, JsonSerializer.SerializeToUtf8Bytes(meta, DatasetMetaJson.Default.DatasetMeta));
    }

    private static SplitMeta WriteSplit(string folder, string split, SampleSet samples, string? target) => new()
    {
        Count = samples.Count,
        Features = [.. samples.Features.Select(f => WriteTensor(folder, split, f.Name, f.Kind, f.ItemShape, f.Data.Span))],
        Label = target is null
            ? WriteTensor(folder, split, LabelName, DataKind.Int64, [], MemoryMarshal.AsBytes(samples.Labels.Span))
            : WriteTensor(folder, split, LabelName, DataKind.Float, [], MemoryMarshal.AsBytes(samples.Values.Span)),
    };

    private static TensorMeta WriteTensor(string folder, string split, string name, DataKind kind, IReadOnlyList<long> itemShape, ReadOnlySpan<byte> data)
    {
        var file = $"{split}.{name}.{kind.Suffix()}";
        using (var stream = new FileStream(Path.Combine(folder, file), FileMode.Create, FileAccess.Write)) stream.Write(data);
        return new TensorMeta { Name = name, Kind = kind, ItemShape = itemShape, File = file, Sha256 = Convert.ToHexStringLower(SHA256.HashData(data)) };
    }
}
