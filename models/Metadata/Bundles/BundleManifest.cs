using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Models.Metadata.Bundles;

/// <summary>
/// manifest.json of a bundle: what a device must know to train the model in it. A device feeds a graph the batch and the state's
/// tensors under their names, and takes the graph's outputs for the state's next values.
/// </summary>
public sealed record BundleManifest
{
    /// <summary>The version of the format that is written here.</summary>
    public const int CurrentFormat = 1;

    public const string FileName = "manifest.json";

    /// <summary>A spare class's bias until it is used: its probability and its gradient are exactly 0.</summary>
    public const float UnusedBias = -1e4f;

    public required int Format { get; init; }

    /// <summary>SHA-256 of all that the bundle's states depend on, in hexadecimal: states of other bundles are refused by it.</summary>
    public required string Id { get; init; }

    /// <summary>Class names, by class index, those of spare classes left out; they come last.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Classes that the model has room for and does not know yet.</summary>
    public int SpareClasses { get; init; }

    /// <summary>What a batch brings besides labels; the batch is the first axis of each.</summary>
    public required IReadOnlyList<BundleInput> Inputs { get; init; }

    /// <summary>The image that goes in, where the model says that it takes one.</summary>
    public ImageInput? Image { get; init; }

    /// <summary>The input with the class of each sample, int64 [batch].</summary>
    public required string Labels { get; init; }

    /// <summary>The scalar float input with the learning rate of the step.</summary>
    public required string LearningRateInput { get; init; }

    /// <summary>The learning rate that the bundle was made for.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Batches whose gradients make one step.</summary>
    public int Accumulate { get; init; } = 1;

    public required BundleOptimizer Optimizer { get; init; }

    /// <summary>Every tensor that a step changes, in the order in which a state file holds them.</summary>
    public required IReadOnlyList<BundleTensor> State { get; init; }

    /// <summary>The last layer, where the model has spare classes; else null.</summary>
    public BundleHead? Head { get; init; }

    /// <summary>Forward, backward and update: the last batch of a step.</summary>
    public required BundleGraph Train { get; init; }

    /// <summary>Forward and backward: the batches before the last, where gradients are accumulated; else null.</summary>
    public BundleGraph? AccumulateGraph { get; init; }

    /// <summary>Forward alone, as the exported model does it, with the loss.</summary>
    public required BundleGraph Evaluate { get; init; }

    public required BundleModel Model { get; init; }

    /// <summary>The state file that training begins with.</summary>
    public string InitialState { get; init; } = "state.safetensors";

    /// <summary>SHA-256 of each other file, in hexadecimal, by name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Classes that the graphs tell apart, spare ones included.</summary>
    [JsonIgnore]
    public int Width => Classes.Count + SpareClasses;

    /// <summary>A name for each class of a model: those in use, and for each of the rest one that says that it is not.</summary>
    public static IReadOnlyList<string> LabelsOf(IReadOnlyList<string> classes, int width) =>
        [.. classes, .. Enumerable.Range(1, width - classes.Count).Select(number => $"unused {number}")];

    /// <summary>Names of the tensors that are the model's, and not training's alone.</summary>
    public static IReadOnlyList<string> ModelTensorsOf(IEnumerable<BundleTensor> state) => [.. state.Where(t => t.Role is BundleRole.Weight or BundleRole.Statistic).Select(t => t.Name)];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.BundleManifest);

    /// <exception cref="FormatException">The text is no manifest, or one of another format.</exception>
    public static BundleManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, BundleJson.Default.BundleManifest) ?? throw new FormatException($"{FileName} is empty.");
            return manifest.Format == CurrentFormat
                ? manifest
                : throw new FormatException($"{FileName} is of format {manifest.Format}, and this version reads format {CurrentFormat}.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{FileName} is damaged at {exception.Path}: {exception.Message}", exception);
        }
    }
}

/// <param name="Name">The input of the graphs.</param>
/// <param name="Type">Its elements, as onnxruntime-web calls them: "float32", "uint8", "int64" and so on.</param>
/// <param name="Shape">The sizes of a sample, without the batch.</param>
public sealed record BundleInput(string Name, string Type, IReadOnlyList<long> Shape)
{
    /// <summary>Elements of a sample.</summary>
    [JsonIgnore]
    public int Length => checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));
}

/// <param name="Name">"sgd" or "adamw" and so on, as in recipes.</param>
/// <param name="Options">Its numbers; switches are 0 or 1. They are constants of the graph, and here to be read.</param>
public sealed record BundleOptimizer(string Name, IReadOnlyDictionary<string, double> Options);

/// <summary>What a tensor of the state is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BundleRole>))]
public enum BundleRole
{
    /// <summary>A weight of the model.</summary>
    Weight,

    /// <summary>A running statistic of the model.</summary>
    Statistic,

    /// <summary>What the optimizer keeps of a weight.</summary>
    Optimizer,

    /// <summary>A weight's gradients, summed over the step's batches so far.</summary>
    Gradient,

    /// <summary>How many steps, or batches of a step, there have been.</summary>
    Counter,
}

/// <param name="Name">The name in state files, and the input of the graphs that read it.</param>
/// <param name="Type">"float32", or "int64" for a counter.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Role">What it is.</param>
/// <param name="Trained">The output of the training graph that holds its next value; null where a step leaves it.</param>
/// <param name="Accumulated">The same of the accumulating graph.</param>
/// <param name="Offset">Where its bytes lie in the model's file; null where the model has no such tensor.</param>
public sealed record BundleTensor(string Name, string Type, IReadOnlyList<long> Shape, BundleRole Role, string? Trained, string? Accumulated, long? Offset)
{
    [JsonIgnore]
    public int Length => checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));

    [JsonIgnore]
    public int ByteLength => checked(Length * BundleTypes.ByteLength(Type));
}

/// <param name="Weight">The state's tensor that holds the last layer's weights, one row or column a class.</param>
/// <param name="Bias">That of its biases, one a class.</param>
/// <param name="Axis">The axis of the weights along which classes lie.</param>
public sealed record BundleHead(string Weight, string Bias, int Axis);

/// <param name="File">The ONNX file.</param>
/// <param name="Loss">The output with the batch's mean loss, float.</param>
/// <param name="Correct">The output with the number of right answers, int64.</param>
/// <param name="Probabilities">The output with the probabilities, float [batch, classes]; null where the graph has none.</param>
public sealed record BundleGraph(string File, string Loss, string Correct, string? Probabilities = null);

/// <summary>The model to deploy. A device exports it by writing trained tensors over its bytes at their offsets.</summary>
/// <param name="File">The ONNX file.</param>
/// <param name="LabelsKey">The key of its metadata under which the class names are, as a JSON list; null where it has none.</param>
/// <param name="LabelsOffset">Where the file's last entry begins, which is that one: new names are written in its place.</param>
public sealed record BundleModel(string File, string? LabelsKey, long LabelsOffset);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(BundleManifest))]
internal sealed partial class BundleJson : JsonSerializerContext;
