using System.Text.Json;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>A dataset artifact's folder while it is written: tensors first, meta.json last, without which nothing opens.</summary>
internal sealed class ArtifactFolder
{
    private readonly string _folder;

    /// <summary>Makes the folder where it is missing; what it held does not open from now on.</summary>
    public ArtifactFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        File.Delete(MetaPath);
    }

    private string MetaPath => Path.Combine(_folder, DatasetMeta.FileName);

    public SplitWriter OpenSplit(string split, IReadOnlyList<FeatureShape> features, bool regression) => new(_folder, split, features, regression);

    public void Publish(DatasetMeta meta) => File.WriteAllBytes(MetaPath, JsonSerializer.SerializeToUtf8Bytes(meta, DatasetMetaJson.Default.DatasetMeta));
}
