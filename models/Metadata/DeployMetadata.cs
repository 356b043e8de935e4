using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Models.Metadata;

/// <summary>How the pixels of an image input are laid out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageLayout>))]
public enum ImageLayout
{
    /// <summary>[batch, channels, height, width]</summary>
    Chw,

    /// <summary>[batch, height, width, channels]</summary>
    Hwc,

    /// <summary>[bytes]: a whole PNG or JPEG file, one a run, which the graph decodes and brings to the model's size and channels.</summary>
    Encoded,
}

/// <summary>An image input: raw uint8 pixels, or an encoded file's bytes; whatever normalisation there is lies inside the graph. One channel is greyscale, three are RGB.</summary>
public sealed record ImageInput(string Name, int Channels, int Height, int Width, ImageLayout Layout = ImageLayout.Chw);

/// <summary>Variants of an image that a model answers together, its logits averaged (its probabilities where it has no logits).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TestTimeAugmentation>))]
public enum TestTimeAugmentation
{
    /// <summary>The image and its mirror image.</summary>
    Flip,

    /// <summary>Those two, and at half their weight the image moved by a pixel along the diagonal, either way, each with its mirror image. Source: Jordan, "94% on CIFAR-10 in 3.29 seconds", 2024.</summary>
    FlipShift,
}

/// <summary>The outputs that hold a classifier's most probable classes, best first, [batch, count] each.</summary>
/// <param name="Count">How many.</param>
/// <param name="Probabilities">The output of their probabilities, float.</param>
/// <param name="Classes">The output of their indices, int64.</param>
/// <param name="Labels">The output of their names, string.</param>
public sealed record TopOutputs(int Count, string Probabilities, string Classes, string Labels);

/// <summary>
/// What a deployable model says of itself: how to prepare its input and read its output, and where it came from. It is
/// kept in the model's metadata_props under keys that begin with "pipeline.", each a JSON value.
/// </summary>
public sealed record DeployMetadata
{
    private const string Prefix = "pipeline.";

    /// <summary>Class names, by class index; empty for a regression.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The image that goes in; null for a table.</summary>
    public ImageInput? Input { get; init; }

    /// <summary>The columns that go in, each number and each category as an input of its own, [batch, 1]: floats (NaN where a value is missing) and strings. Empty for an image.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    /// <summary>How rows of those columns are written as text; null for <see cref="TableFormat.Default"/>.</summary>
    public TableFormat? TableFormat { get; init; }

    /// <summary>The output that holds the class probabilities, [batch, classes].</summary>
    public string Probabilities { get; init; } = "probabilities";

    /// <summary>The output that holds the name of the answer, string [batch]; null where there is none.</summary>
    public string? Label { get; init; }

    /// <summary>The outputs of the most probable classes; null where there are none.</summary>
    public TopOutputs? Top { get; init; }

    /// <summary>What the graph does to an image to answer it several times; null for nothing.</summary>
    public TestTimeAugmentation? TestTimeAugmentation { get; init; }

    /// <summary>The output that holds a regression's answer, [batch, 1], in the target's unit; null for a classifier.</summary>
    public string? Prediction { get; init; }

    /// <summary>What a regression predicts: the target column's heading.</summary>
    public string? Target { get; init; }

    /// <summary>Of two classes, the second is the answer where its probability is at least this; null for the more probable class.</summary>
    public double? Threshold { get; init; }

    public string? Dataset { get; init; }

    /// <summary>SHA-256 of the dataset artifact, in hexadecimal.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>SHA-256 of the recipe's canonical form, in hexadecimal.</summary>
    public string? RecipeHash { get; init; }

    public string? ToolVersion { get; init; }

    /// <summary>How a quantised model is, in words; null for float32.</summary>
    public string? Quantization { get; init; }

    /// <summary>Of a base that takes adapters, the fingerprint of the model that they were trained on: SHA-256, in hexadecimal.</summary>
    public string? AdapterBase { get; init; }

    /// <summary>Measured figures by name, for example "test.accuracy" from 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The entries to put into a model's metadata_props.</summary>
    public IReadOnlyDictionary<string, string> ToEntries()
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var root = JsonSerializer.SerializeToElement(this, DeployMetadataJson.Default.DeployMetadata);
        foreach (var property in root.EnumerateObject()) entries[Prefix + property.Name] = property.Value.GetRawText();
        return entries;
    }

    /// <summary>Reads the entries of a model's metadata_props; null when the model carries none of ours.</summary>
    /// <exception cref="FormatException">Some entries are there, but they do not read as this record.</exception>
    public static DeployMetadata? FromEntries(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var own = entries.Where(e => e.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToArray();
        if (own.Length == 0) return null;
        var json = "{" + string.Join(",", own.Select(e => $"\"{JsonEncodedText.Encode(e.Key[Prefix.Length..])}\":{e.Value}")) + "}";
        try
        {
            return JsonSerializer.Deserialize(json, DeployMetadataJson.Default.DeployMetadata);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The model's metadata under '{Prefix}*' is damaged at {exception.Path}: {exception.Message}", exception);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeployMetadata))]
internal sealed partial class DeployMetadataJson : JsonSerializerContext;
