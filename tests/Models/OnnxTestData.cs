using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models.Tests;

/// <summary>ONNX's own backend test models, from Debian's libonnx-testdata; tests that need them are skipped where it is absent.</summary>
internal static class OnnxTestData
{
    private const string Folder = "/usr/share/libonnx-testdata/data";

    public static IReadOnlyList<string> Models { get; } = Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    public static string NameOf(string path) => Path.GetRelativePath(Folder, Path.GetDirectoryName(path)!);

    /// <summary>The model, with those of its inputs that hold integers (shapes, axes, sizes) given their test values as constants.</summary>
    public static Model LoadWithFixedShapes(string path)
    {
        var model = Model.Load(path);
        for (var i = 0; i < model.Graph.Inputs.Count; i++)
        {
            var file = Path.Combine(Path.GetDirectoryName(path)!, "test_data_set_0", $"input_{i}.pb");
            var input = model.Graph.Inputs[i];
            if (!File.Exists(file) || input.Type?.Shape is not { Rank: <= 1 } || model.Graph.Initializers.Contains(input.Name)) continue;
            var proto = TensorProto.Parser.ParseFrom(File.ReadAllBytes(file));
            proto.Name = input.Name;
            model.Graph.Initializers.Add(new Initializer(proto));
        }
        return model;
    }
}

/// <summary>A test over ONNX's own models.</summary>
internal sealed class OnnxTestDataFactAttribute : FactAttribute
{
    public OnnxTestDataFactAttribute()
    {
        if (OnnxTestData.Models.Count == 0) Skip = "ONNX's test models are not installed: apt-get install libonnx-testdata.";
    }
}
