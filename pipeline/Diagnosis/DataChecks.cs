using OnnxPipeline.Datasets;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>Which datasets are on this machine. Their contents are checked when they are used.</summary>
internal static class DataChecks
{
    public static Check Dataset(DatasetDefinition dataset, bool needed, SourceOptions sources)
    {
        var name = $"data {dataset.Name}";
        var absent = needed ? CheckState.Missing : CheckState.Absent;
        try
        {
            var files = DatasetSources.Find(dataset, sources);
            var wanting = files.Where(f => f.Path is null).Select(f => f.File.Name).ToArray();
            if (wanting.Length == 0) return new Check(name, CheckState.Ok, $"in {string.Join(", ", files.Select(f => Path.GetDirectoryName(f.Path)).Distinct())}");
            var found = wanting.Length == files.Count ? "not on this machine" : $"not on this machine: {string.Join(", ", wanting)}";
            return new Check(name, absent, found, Remedy(dataset));
        }
        catch (DatasetSourceException exception)
        {
            return new Check(name, absent, exception.Message);
        }
    }

    private static string Remedy(DatasetDefinition dataset) =>
        $"{(dataset.DebianPackage is { } package ? $"apt-get install {package}, or " : "")}--data-mirror DIR (or {SourceOptions.MirrorVariable}) with DIR/{dataset.Name}; else the first run downloads it";
}
