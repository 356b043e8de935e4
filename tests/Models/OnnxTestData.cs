namespace OnnxPipeline.Models.Tests;

/// <summary>ONNX's own backend test models, from Debian's libonnx-testdata; tests that need them are skipped where it is absent.</summary>
internal static class OnnxTestData
{
    private const string Folder = "/usr/share/libonnx-testdata/data";

    public static IReadOnlyList<string> Models { get; } = Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    public static string NameOf(string path) => Path.GetRelativePath(Folder, path);
}

/// <summary>A test over ONNX's own models.</summary>
internal sealed class OnnxTestDataFactAttribute : FactAttribute
{
    public OnnxTestDataFactAttribute()
    {
        if (OnnxTestData.Models.Count == 0) Skip = "ONNX's test models are not installed: apt-get install libonnx-testdata.";
    }
}
