using System.Globalization;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Compression.Quantization;

/// <summary>Writes into a model that it is quantised, and how.</summary>
internal static class QuantizedMetadata
{
    /// <summary>The key in models that carry no metadata of ours.</summary>
    public const string Key = "quantization";

    /// <exception cref="QuantizeException">The model's metadata cannot be read.</exception>
    public static void Write(Model model, QuantizeOptions options, MethodResult made)
    {
        var total = made.Quantized.Count + made.Left.Count;
        var text = string.Create(CultureInfo.InvariantCulture, $"{Describe(options)}; {made.Quantized.Count} of {total} nodes with weights");
        if (Read(model) is not { } metadata)
        {
            model.Metadata[Key] = text;
            return;
        }
        foreach (var (key, value) in (metadata with { Quantization = text }).ToEntries()) model.Metadata[key] = value;
    }

    private static DeployMetadata? Read(Model model)
    {
        try
        {
            return DeployMetadata.FromEntries(model.Metadata);
        }
        catch (FormatException exception)
        {
            throw new QuantizeException($"The model's metadata is damaged: {exception.Message}", exception);
        }
    }

    private static string Describe(QuantizeOptions options) => options switch
    {
        StaticQuantizeOptions o => string.Create(CultureInfo.InvariantCulture,
            $"static int8: int8 weights {(o.PerChannel ? "by channel" : "by tensor")}{(o.ReduceRange ? " of 7 bits" : "")}, {(o.Symmetric ? "symmetric " : "")}{o.Activations.ToString().ToLowerInvariant()} activations, {Calibration(o)} calibration{(o.Equalize ? ", equalised" : "")}{(o.CorrectBias ? ", biases corrected" : "")}"),
        DynamicQuantizeOptions o => $"dynamic int8: int8 weights {(o.PerChannel ? "by channel" : "by tensor")}{(o.ReduceRange ? " of 7 bits" : "")}",
        WeightOnlyQuantizeOptions o => string.Create(CultureInfo.InvariantCulture, $"weights of {o.Bits} bits in blocks of {o.BlockSize}{(o.Symmetric ? "" : ", each with a zero point")}"),
        _ => options.Method,
    };

    private static string Calibration(StaticQuantizeOptions options) => options.Calibration switch
    {
        CalibrationMethod.Percentile => string.Create(CultureInfo.InvariantCulture, $"{options.Percentile} % percentile"),
        CalibrationMethod.Entropy => "entropy",
        CalibrationMethod.MeanSquared => "mean-squared-error",
        _ => "min-max",
    };
}
