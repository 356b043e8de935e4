using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.FineTuning;

/// <summary>Classifiers as PyTorch exports them (reference/make_models.py), each with a fresh head: they learn 32 images by heart, and what is exported gives the same answers.</summary>
public sealed class ForeignModelTests
{
    private const string Recipe = """
        name: foreign
        data: { dataset: digits, validation: 0 }
        model: { name: onnx }
        train: { epochs: 200, batchSize: 32, keepBest: false, threads: 1, optimizer: { name: adam, learningRate: 0.01 } }
        """;

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.onnx").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "reference", "models");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_loads_overfits_32_images_exports_and_verifies(string name)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("foreign.yaml"), Recipe);
        // Its batch normalisation averages over the last hundred steps, which the others' forget in ten.
        var epochs = name == "mobilenet-v3" ? 600 : 200;
        var (code, _, error) = await CommandLine.RunAsync(GeneratedImages.In(folder.Path, training: 32),
            "run", "foreign.yaml", "--until", "export", "--set", "export.secondRuntime=false", "--set", $"model.path={Path.Combine(Folder, $"{name}.onnx")}", "--set", $"train.epochs={epochs}");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("verified on", error, StringComparison.Ordinal);

        string Made(string file) => Directory.EnumerateFiles(folder.File("artifacts/store"), file, SearchOption.AllDirectories).Single();
        var recipe = RecipeReader.Parse("foreign.yaml", Recipe, $"model.path={Path.Combine(Folder, $"{name}.onnx")}");
        var memorised = Memorisation.Measure(Path.GetDirectoryName(Made("meta.json"))!, Made("trained.onnx"), recipe);
        Assert.Equal((32, 32), (memorised.Right, memorised.Samples));

        var head = Model.Load(Made("trained.onnx")).Graph.Initializers;
        Assert.Contains(3, head["head.weight"].Dims);
        Assert.Equal([3L], head["head.bias"].Dims);
    }
}
