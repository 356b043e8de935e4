using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Training.Loop;

/// <summary>
/// A training run on disk, as an ONNX file: the engine's tensors and the best weights so far as initializers, the progress as
/// metadata. It opens in any ONNX viewer. It is replaced atomically, so a kill leaves the last one whole.
/// </summary>
public sealed record Checkpoint(TrainingProgress Progress, IReadOnlyDictionary<string, Initializer> State, IReadOnlyDictionary<string, Initializer> Best)
{
    private const string ProgressKey = "training.progress";
    private const string IdentityKey = "training.identity";
    private const string BestPrefix = "best/";

    /// <summary>Writes the checkpoint. <paramref name="identity"/> names the run it belongs to.</summary>
    public void Save(string path, string identity)
    {
        var graph = new Graph("checkpoint");
        foreach (var (name, tensor) in State) graph.Initializers.Add(tensor.Clone(name));
        foreach (var (name, tensor) in Best) graph.Initializers.Add(tensor.Clone(BestPrefix + name));
        var model = new Model(graph);
        model.Metadata[IdentityKey] = identity;
        model.Metadata[ProgressKey] = JsonSerializer.Serialize(Progress, CheckpointJson.Default.TrainingProgress);
        model.Save(path);
    }

    /// <summary>Reads a checkpoint; null when there is none, or it belongs to another run.</summary>
    /// <exception cref="TrainingException">The file is damaged.</exception>
    public static Checkpoint? Load(string path, string identity)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var model = Model.Load(path);
            if (!model.Metadata.TryGetValue(IdentityKey, out var owner) || owner != identity) return null;
            var progress = JsonSerializer.Deserialize(model.Metadata[ProgressKey], CheckpointJson.Default.TrainingProgress)!;
            var tensors = model.Graph.Initializers.ToLookup(t => t.Name.StartsWith(BestPrefix, StringComparison.Ordinal));
            return new Checkpoint(progress,
                tensors[false].ToDictionary(t => t.Name),
                tensors[true].ToDictionary(t => t.Name[BestPrefix.Length..]));
        }
        catch (Exception exception) when (exception is ModelFormatException or JsonException or KeyNotFoundException)
        {
            throw new TrainingException($"The checkpoint '{path}' is damaged: {exception.Message} Delete it to train from the beginning.", exception);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainingProgress))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
