using System.Security.Cryptography;
using System.Text.Json;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>A folder with a small recipe, in which the command line is run as real processes.</summary>
internal sealed class Workplace : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TempFolder _folder = new();

    /// <summary>Quick to train, and yet with all that is random or decided on the way: dropout, augmentation, best weights, early stopping.</summary>
    public const string Recipe = """
        name: small
        seed: 3
        data: {dataset: fashion-mnist, limit: 600}
        augment: {horizontalFlip: 0.5, cropPadding: 2}
        model: {name: mlp, hidden: [64], dropout: 0.2}
        train:
          epochs: 30
          batchSize: 20
          optimizer: {name: adamw, learningRate: 0.003}
          clipNorm: 1
          earlyStopping: {patience: 4}
        """;

    public Workplace(string recipe = Recipe)
    {
        Artifacts = File("artifacts");
        System.IO.File.WriteAllText(File("small.yaml"), recipe);
    }

    /// <summary>Where runs put what they make.</summary>
    public string Artifacts { get; init; }

    public string Store => Path.Combine(Artifacts, "store");

    public string File(string name) => _folder.File(name);

    public string Latest(string name) => Path.Combine(Artifacts, "latest", name);

    public JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(Latest(name)));
        return document.RootElement.Clone();
    }

    public string ModelHash() => Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(Latest("model.onnx"))));

    /// <summary>The one file of this name among the published artifacts.</summary>
    public string Published(string name) => Directory.EnumerateFiles(Path.Combine(Store, "stages"), name, SearchOption.AllDirectories).Single();

    /// <summary>When an unfinished training last wrote its checkpoint; null when there is none.</summary>
    public DateTime? CheckpointTime()
    {
        var work = Path.Combine(Store, "work");
        if (!Directory.Exists(work)) return null;
        try
        {
            return Directory.EnumerateFiles(work, "checkpoint.onnx", SearchOption.AllDirectories).Select(System.IO.File.GetLastWriteTimeUtc).Cast<DateTime?>().FirstOrDefault();
        }
        catch (DirectoryNotFoundException)
        {
            return null; // Published, and so removed, while it was looked at.
        }
    }

    /// <summary>A copy of this one's artifacts in a workplace of its own, so that a test can do harm to them.</summary>
    public Workplace Copy()
    {
        var copy = new Workplace();
        foreach (var file in Directory.EnumerateFiles(Artifacts, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Artifacts, Path.GetRelativePath(Artifacts, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target);
        }
        return copy;
    }

    /// <summary>Starts "run" on the recipe, with other arguments if need be.</summary>
    public RunningProcess StartRun(params string[] arguments) => Start(["run", "small.yaml", .. arguments]);

    public Task<Ended> RunAsync(params string[] arguments) => EndAsync(StartRun(arguments));

    /// <summary>Runs any verb that knows --artifacts.</summary>
    public Task<Ended> DoAsync(params string[] arguments) => EndAsync(Start(arguments));

    /// <summary>Runs a verb that knows no --artifacts.</summary>
    public Task<Ended> DoPlainlyAsync(params string[] arguments) => EndAsync(new RunningProcess(_folder.Path, arguments));

    public void Dispose() => _folder.Dispose();

    private RunningProcess Start(string[] arguments) => new(_folder.Path, [.. arguments, "--artifacts", Artifacts]);

    private static async Task<Ended> EndAsync(RunningProcess process)
    {
        using (process) return await process.EndAsync(Patience);
    }
}
