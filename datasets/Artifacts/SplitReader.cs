using System.Runtime.InteropServices;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>Maps the files of an artifact's splits, after checking them against meta.json; without classes the labels are a regression's values. What it maps it adds to <paramref name="files"/>.</summary>
internal sealed class SplitReader(string folder, int? classes, List<MappedFile> files)
{
    /// <exception cref="DatasetFormatException">A file is missing or has another length, or meta.json contradicts itself.</exception>
    public DatasetSplit Open(string name, SplitMeta meta)
    {
        if (meta.Count < 0) throw Damaged($"split '{name}' has count {meta.Count}; expected 0 or more");
        var kind = classes is null ? DataKind.Float : DataKind.Int64;
        if (meta.Label.Kind != kind || meta.Label.ItemShape.Count > 0)
            throw Damaged($"the labels of split '{name}' are {DataKinds.Describe(meta.Label.Name, meta.Label.Kind, meta.Label.ItemShape)}; expected {kind.ToString().ToLowerInvariant()}[]");
        var features = new List<DataTensor>();
        foreach (var feature in meta.Features) features.Add(OpenTensor(feature, meta.Count));
        var label = OpenTensor(meta.Label, meta.Count);
        if (classes is { } count) CheckLabels(name, label, count);
        return new DatasetSplit(name, features, label);
    }

    private DataTensor OpenTensor(TensorMeta meta, int count)
    {
        if (!Enum.IsDefined(meta.Kind)) throw Damaged($"tensor '{meta.Name}' has kind {meta.Kind}; expected one of {string.Join(", ", Enum.GetNames<DataKind>())}");
        if (meta.ItemShape.Any(s => s <= 0)) throw Damaged($"tensor {DataKinds.Describe(meta.Name, meta.Kind, meta.ItemShape)} has a size that is not positive");
        if (Path.GetFileName(meta.File) != meta.File || meta.File.Length == 0) throw Damaged($"tensor '{meta.Name}' is in file '{meta.File}'; expected a name without folders");

        var path = Path.Combine(folder, meta.File);
        var file = new FileInfo(path);
        if (!file.Exists) throw new DatasetFormatException($"{path} is missing, though {DatasetMeta.FileName} lists it. Build the dataset again.");
        long expected;
        try
        {
            expected = (long)meta.Kind.ItemBytes(meta.ItemShape) * count;
        }
        catch (OverflowException)
        {
            throw Damaged($"one item of tensor {DataKinds.Describe(meta.Name, meta.Kind, meta.ItemShape)} is larger than {int.MaxValue:N0} bytes");
        }
        if (file.Length != expected)
            throw new DatasetFormatException($"{path} has {file.Length:N0} bytes; {count:N0} items of {DataKinds.Describe(meta.Name, meta.Kind, meta.ItemShape)} need {expected:N0}. Build the dataset again.");
        files.Add(new MappedFile(path, expected));
        return new DataTensor(meta.Name, meta.Kind, meta.ItemShape, count, files[^1]);
    }

    private void CheckLabels(string split, DataTensor label, int classes)
    {
        if (label.Count == 0) return;
        for (var start = 0; start < label.Count;)
        {
            var count = Math.Min(label.Count - start, 1 << 20);
            var labels = MemoryMarshal.Cast<byte, long>(label.Items(start, count));
            var wrong = labels.IndexOfAnyExceptInRange(0, classes - 1);
            if (wrong >= 0)
                throw new DatasetFormatException($"{folder}: {split} sample {start + wrong:N0} has label {labels[wrong]}; expected 0 to {classes - 1}. Build the dataset again.");
            start += count;
        }
    }

    private DatasetFormatException Damaged(string what) =>
        new($"{Path.Combine(folder, DatasetMeta.FileName)}: {what}. Build the dataset again.");
}
