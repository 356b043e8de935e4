using OnnxPipeline.Datasets.Artifacts;

namespace OnnxPipeline.Datasets;

/// <summary>Writes a dataset artifact: one contiguous file a tensor and split, such as train.image.u8 and train.label.i64, and meta.json.</summary>
public static class DatasetWriter
{
    /// <summary>Writes into <paramref name="folder"/>, which is made where it is missing. The same content gives the same bytes.</summary>
    /// <exception cref="ArgumentException">The content contradicts itself; the message lists every fault.</exception>
    /// <exception cref="IOException">The folder cannot be written. Without meta.json, which comes last, what is there never opens.</exception>
    public static void Write(string folder, DatasetContent content)
    {
        var faults = ContentFaults.Of(content);
        if (faults.Count > 0) throw new ArgumentException($"Dataset '{content.Name}' cannot be written:\n{string.Join("\n", faults.Select(f => "  - " + f))}", nameof(content));

        var artifact = new ArtifactFolder(folder);
        var (mean, std) = content.Columns.Count > 0 ? NumberStatistics.Of(content.Train) : PixelStatistics.Of(content.Train);
        var empty = content.Train.Select([]);
        var regression = content.Target is not null;
        artifact.Publish(new DatasetMeta
        {
            Format = DatasetMeta.CurrentFormat,
            Name = content.Name,
            Source = content.Source,
            Notes = content.Notes,
            Labels = content.Labels,
            Columns = content.Columns,
            Target = content.Target is { } target ? NumberStatistics.OfTarget(target, content.Train.Values.Span) : null,
            Mean = mean,
            Std = std,
            Train = WriteSplit(artifact, Dataset.TrainName, content.Train, regression),
            Validation = WriteSplit(artifact, Dataset.ValidationName, content.Validation ?? empty, regression),
            Test = WriteSplit(artifact, Dataset.TestName, content.Test ?? empty, regression),
        });
    }

    private static SplitMeta WriteSplit(ArtifactFolder artifact, string split, SampleSet samples, bool regression)
    {
        using var writer = artifact.OpenSplit(split, [.. samples.Features.Select(f => new FeatureShape(f.Name, f.Kind, f.ItemShape))], regression);
        for (var i = 0; i < samples.Features.Count; i++)
        {
            foreach (var block in samples.Features[i].Blocks()) writer.WriteFeature(i, block.Span);
        }
        if (regression) writer.WriteLabels(samples.Values.Span);
        else writer.WriteLabels(samples.Labels.Span);
        return writer.Finish();
    }
}
