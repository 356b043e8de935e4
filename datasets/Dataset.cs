using System.Text.Json;
using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets;

/// <summary>A dataset artifact, opened: its tensors are memory-mapped, so opening costs no more than reading the labels.</summary>
public sealed class Dataset : IDisposable
{
    internal const string TrainName = "train";
    internal const string ValidationName = "validation";
    internal const string TestName = "test";

    private readonly IReadOnlyList<MappedFile> _files;

    private Dataset(DatasetMeta meta, IReadOnlyList<MappedFile> files, DatasetSplit train, DatasetSplit validation, DatasetSplit test)
    {
        _files = files;
        Name = meta.Name;
        Source = meta.Source;
        Notes = meta.Notes;
        Labels = meta.Labels;
        Mean = meta.Mean;
        Std = meta.Std;
        Columns = meta.Columns;
        TableFormat = meta.TableFormat;
        Target = meta.Target;
        Train = train;
        Validation = validation;
        Test = test;
    }

    /// <summary>For example "fashion-mnist".</summary>
    public string Name { get; }

    /// <summary>Where the data came from, for people.</summary>
    public string Source { get; }

    /// <summary>What people should know of how it was read, such as what was left out.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Class names, by class index; empty for a regression.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The columns of a table; empty for images. Their numbers are the feature "numeric", float [numbers], NaN where one is missing; their categories' codes are "categorical", int64 [categories].</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>How the rows of a user's table are written; null for other datasets.</summary>
    public TableFormat? TableFormat { get; }

    /// <summary>What a regression predicts; null for classes.</summary>
    public RegressionTarget? Target { get; }

    public DatasetSplit Train { get; }

    public DatasetSplit Validation { get; }

    public DatasetSplit Test { get; }

    /// <summary>Mean over the training part of each channel of an image, pixels scaled to 0..1, or of each number of a table, missing ones left out; empty without either.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>Standard deviation (the population's) of the same; 0 where all are equal.</summary>
    public IReadOnlyList<float> Std { get; }

    /// <summary>Opens the artifact in <paramref name="folder"/>. Files are checked for their length and labels for their range; hashing them is the artifact store's part.</summary>
    /// <exception cref="DatasetFormatException">The folder holds no dataset artifact, or a damaged one.</exception>
    public static Dataset Open(string folder)
    {
        var meta = ReadMeta(folder);
        var files = new List<MappedFile>();
        try
        {
            var splits = new SplitReader(folder, meta.Target is null ? meta.Labels.Count : null, files);
            return new Dataset(meta, files, splits.Open(TrainName, meta.Train), splits.Open(ValidationName, meta.Validation), splits.Open(TestName, meta.Test));
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private static DatasetMeta ReadMeta(string folder)
    {
        var path = Path.Combine(folder, DatasetMeta.FileName);
        try
        {
            var meta = JsonSerializer.Deserialize(File.ReadAllBytes(path), DatasetMetaJson.Default.DatasetMeta);
            if (meta is null || meta.Format != DatasetMeta.CurrentFormat)
                throw new DatasetFormatException($"{path}: dataset format {meta?.Format.ToString() ?? "null"}; this version reads {DatasetMeta.CurrentFormat}. Build the dataset again.");
            return meta;
        }
        catch (JsonException exception)
        {
            throw new DatasetFormatException($"{path}: damaged: {exception.Message} Build the dataset again.", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetFormatException($"{folder} holds no dataset artifact: there is no {DatasetMeta.FileName} in it. Build the dataset first.", exception);
        }
    }
}
