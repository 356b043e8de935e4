using OnnxPipeline.Datasets.Images;
using OnnxPipeline.Datasets.Tables;

namespace OnnxPipeline.Datasets;

/// <summary>Which data, and how it is split. Everything here decides the bytes of the dataset artifact.</summary>
public sealed record DataOptions
{
    /// <summary>A dataset of the registry, for example "fashion-mnist".</summary>
    public string Dataset { get; init; } = "fashion-mnist";

    /// <summary>Share of the training part held out for validation, stratified by class, in [0, 1).</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>At most this many samples of each split, drawn by seed and stratified by class; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>At most this many training samples, drawn likewise; validation and test keep theirs. Null for all.</summary>
    public int? TrainLimit { get; init; }

    /// <summary>Share of the training labels, in [0, 1], replaced by another class, each of the others as likely; validation and test labels stay. 0 for none.</summary>
    public double LabelNoise { get; init; }

    /// <summary>Deals the training labels out anew at random, so that nothing can be learnt but by heart; validation and test labels stay.</summary>
    public bool ShuffleLabels { get; init; }

    /// <summary>The user's own images; exactly when <see cref="Dataset"/> is "image-folder".</summary>
    public ImageFolderOptions? ImageFolder { get; init; }

    /// <summary>Makes two classes of many; null to keep them.</summary>
    public BinaryOptions? Binary { get; init; }

    /// <summary>The user's own table; exactly when <see cref="Dataset"/> is "csv".</summary>
    public CsvOptions? Csv { get; init; }

    /// <summary>The populations of "moons", and only of it; null for its defaults.</summary>
    public MoonsOptions? Moons { get; init; }

    /// <summary>The smaller of both limits on training samples; null for none.</summary>
    internal int? LimitOfTraining => Limit is { } all && TrainLimit is { } train ? Math.Min(all, train) : Limit ?? TrainLimit;

    /// <summary>Every fault of these options, each a sentence that says what was expected; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (!DatasetRegistry.Contains(Dataset)) faults.Add(DatasetRegistry.UnknownName(Dataset));
        if (!(Validation is >= 0 and < 1)) faults.Add($"validation is {Validation}; expected a share of the training part in [0, 1), for example 0.1.");
        if (TrainLimit is <= 0) faults.Add($"trainLimit is {TrainLimit}; expected a number of samples above 0, or none for all.");
        if (Limit is <= 0) faults.Add($"limit is {Limit}; expected a number of samples above 0, or none for all.");
        if (!(LabelNoise is >= 0 and <= 1)) faults.Add($"labelNoise is {LabelNoise}; expected a share of the training labels from 0 to 1.");
        if (Dataset == ImageFolderDataset.Name && ImageFolder is null) faults.Add("imageFolder is missing; dataset 'image-folder' needs it, with the path of the images.");
        if (Dataset != ImageFolderDataset.Name && ImageFolder is not null) faults.Add($"imageFolder is given, but the dataset is '{Dataset}'; it is only for 'image-folder'.");
        faults.AddRange(ImageFolder?.Validate() ?? []);
        faults.AddRange(Binary?.Validate() ?? []);
        if (Dataset == CsvDataset.Name && Csv is null) faults.Add("csv is missing; dataset 'csv' needs it, with the path of the file and its target column.");
        if (Dataset != CsvDataset.Name && Csv is not null) faults.Add($"csv is given, but the dataset is '{Dataset}'; it is only for 'csv'.");
        faults.AddRange(Csv?.Validate() ?? []);
        if (Dataset == CsvDataset.Name && (LabelNoise != 0 || ShuffleLabels)) faults.Add("labelNoise and shuffleLabels need the labels in memory, where dataset 'csv' does not keep them. Leave them out.");
        if (Dataset != MoonsDataset.Name && Moons is not null) faults.Add($"moons is given, but the dataset is '{Dataset}'; it is only for 'moons'.");
        faults.AddRange(Moons?.Validate() ?? []);
        return faults;
    }
}
