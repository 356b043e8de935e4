using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>One of ONNX's own backend test cases: a model and the inputs of its first data set.</summary>
internal sealed record BackendCase(string Name, Model Model, IReadOnlyList<Initializer> Feeds)
{
    /// <summary>Where Debian's libonnx-testdata lies, unless the environment names another folder.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("ONNX_TEST_DATA") ?? "/usr/share/libonnx-testdata/data";

    public static IEnumerable<string> Names(string group) => Directory.EnumerateDirectories(Path.Combine(Folder, group)).Order(StringComparer.Ordinal);

    /// <summary>Reads a case; null when it feeds something other than tensors.</summary>
    public static BackendCase? Load(string folder)
    {
        var model = Model.Load(Path.Combine(folder, "model.onnx"));
        var feeds = new List<Initializer>();
        foreach (var (input, index) in model.Graph.Inputs.Select((input, index) => (input, index)))
        {
            var file = Path.Combine(folder, "test_data_set_0", $"input_{index}.pb");
            if (!File.Exists(file)) continue;
            if (input.Type is null) return null;
            feeds.Add(Tensor(File.ReadAllBytes(file), input.Name));
        }
        return new BackendCase(Path.GetFileName(folder), model, feeds);
    }

    /// <summary>Reads a TensorProto by making it the initializer of an otherwise empty model.</summary>
    private static Initializer Tensor(byte[] proto, string name)
    {
        var empty = new Model(new Graph("tensor")).ToBytes();
        return Model.Parse([.. empty, .. Wire.Field(7, Wire.Field(5, proto))]).Graph.Initializers.Single().Clone(name);
    }
}

/// <summary>A fact about ONNX's own test cases, skipped where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BackendCasesTheoryAttribute : TheoryAttribute
{
    public BackendCasesTheoryAttribute()
    {
        if (!Directory.Exists(BackendCase.Folder)) Skip = $"ONNX's test cases are not in {BackendCase.Folder}; 'apt-get install libonnx-testdata' brings them, or set ONNX_TEST_DATA.";
    }
}
