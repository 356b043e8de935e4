using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>Identities and artifacts for tests of the store.</summary>
internal static class Identities
{
    public static StageIdentity Of(string stage = "train", object? options = null) => new()
    {
        Stage = stage,
        CodeVersion = "3",
        Options = Json(options ?? new { epochs = 10, learningRate = 0.001 }),
        Inputs = new Dictionary<string, string> { ["data"] = new('a', 64) },
        Engine = "ort 1.29.0",
        DeviceKind = "cpu",
    };

    public static JsonElement Json(object options) => JsonDocument.Parse(CanonicalJson.Of(options)).RootElement;

    /// <summary>Publishes files by name and content.</summary>
    public static Artifact Publish(ArtifactStore store, StageIdentity identity, params (string Path, byte[] Content)[] files)
    {
        var key = identity.ComputeKey();
        using var held = store.Claim(key, _ => { }, CancellationToken.None);
        using var writer = store.Begin(key);
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(writer.Output, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
        return store.Publish(writer, identity, TimeSpan.FromSeconds(1));
    }
}
