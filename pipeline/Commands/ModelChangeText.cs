using System.Globalization;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What making a model smaller did, for people.</summary>
internal static class ModelChangeText
{
    public static void Write(ModelDifference difference, TextWriter output)
    {
        OutputsText.Write(difference.Outputs, tolerance: null, output);
        output.WriteLine($"compared on {difference.Data}");
        if (difference.Answers is not { } answers) return;
        output.WriteLine(answers.Agreement is null
            ? string.Create(CultureInfo.InvariantCulture, $"error {answers.OriginalScore:G4} -> {answers.Score:G4}")
            : string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * answers.OriginalScore:0.00} % -> {100 * answers.Score:0.00} %"));
    }

    /// <summary>For example "m.int8.onnx: 47.1 MB -> 12.0 MB (25.5 %)".</summary>
    public static string Size(string file, ModelSize before, ModelSize after) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}: {ByteSize.Text(before.Bytes)} -> {ByteSize.Text(after.Bytes)} ({100.0 * after.Bytes / before.Bytes:0.0} %)");
}
