using System.Globalization;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>The real values that 8 bits stand for, from the least to the most; 0 is among them.</summary>
public readonly record struct TrainedRange(float Min, float Max);

/// <summary>
/// The ranges of activations that a model was trained with, by value name. They are kept in the model's metadata, under
/// "quantization.range/" and the name of the value: minimum and maximum in invariant form with a space between. Passes that keep a
/// value's name keep its range; a quantiser takes it in place of calibration. Weights need no entry: their scale is the largest absolute
/// value of each output channel over 127.
/// </summary>
public static class TrainedRanges
{
    private const string Prefix = "quantization.range/";

    /// <summary>The ranges of those values that the graph still has; none for a model that was not trained so.</summary>
    /// <exception cref="ModelFormatException">An entry is no range.</exception>
    public static IReadOnlyDictionary<string, TrainedRange> Of(Model model)
    {
        var values = model.Graph.Nodes.SelectMany(n => n.Outputs).Concat(model.Graph.Inputs.Select(i => i.Name)).ToHashSet();
        return model.Metadata.Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal) && values.Contains(entry.Key[Prefix.Length..]))
            .ToDictionary(entry => entry.Key[Prefix.Length..], entry => Parse(entry.Key, entry.Value));
    }

    /// <summary>Notes the range of a value.</summary>
    internal static void Set(Model model, string value, TrainedRange range) =>
        model.Metadata[Prefix + value] = string.Create(CultureInfo.InvariantCulture, $"{range.Min:R} {range.Max:R}");

    private static TrainedRange Parse(string key, string text)
    {
        var parts = text.Split(' ');
        if (parts.Length == 2 && Read(parts[0]) is { } min and <= 0 && Read(parts[1]) is { } max and >= 0) return new TrainedRange(min, max);
        throw new ModelFormatException($"The model's metadata '{key}' is '{text}'; expected a minimum of at most 0 and a maximum of at least 0, for example '0 5.25'. Train the model again, or remove the entry.");
    }

    private static float? Read(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : null;
}
