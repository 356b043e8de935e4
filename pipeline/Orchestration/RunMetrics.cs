using System.Text.Json;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>The numbers of a run's metrics.json, by path: {"test": {"accuracy": 0.9}} and {"test.accuracy": 0.9} are the same.</summary>
internal static class RunMetrics
{
    public const string FileName = "metrics.json";

    /// <summary>The metrics that the run's stages show; none where no stage shows such a file.</summary>
    public static IReadOnlyDictionary<string, double> Read(IEnumerable<(Artifact Artifact, ShownFile File)> shown)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (artifact, file) in shown.Where(s => s.File.As == FileName))
        {
            var path = Path.Combine(artifact.Folder, file.Path);
            if (!File.Exists(path)) continue;
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            Add(document.RootElement, "", metrics);
        }
        return metrics;
    }

    private static void Add(JsonElement element, string path, SortedDictionary<string, double> metrics)
    {
        if (element.ValueKind == JsonValueKind.Number) metrics[path] = element.GetDouble();
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject()) Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", metrics);
    }
}
