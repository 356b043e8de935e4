using System.Globalization;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"inspect" for people.</summary>
internal static class InspectionText
{
    private const int LongestValue = 100;

    public static void Write(Inspection inspection, TextWriter output)
    {
        var report = inspection.Report;
        var facts = new TextTable("PROPERTY", "VALUE");
        facts.Add("model", $"{inspection.Model} ({ByteSize.Text(inspection.Bytes)}{(report.ExternalFiles.Count > 0 ? $", with {string.Join(", ", report.ExternalFiles)}" : "")})");
        facts.Add("graph", report.Graph);
        if (report.Producer.Length > 0) facts.Add("producer", report.Producer);
        if (report.Description.Length > 0) facts.Add("description", Short(report.Description));
        facts.Add("IR version", Number(report.IrVersion));
        facts.Add("opsets", string.Join(", ", report.Opsets.Select(o => $"{o.Key} {o.Value}")));
        foreach (var input in report.Inputs) facts.Add("input", input);
        foreach (var value in report.Outputs) facts.Add("output", value);
        if (report.Labels.Count > 0) facts.Add("labels", $"{report.Labels.Count}: {Short(string.Join(", ", report.Labels))}");
        facts.Add("parameters", Number(report.Parameters));
        facts.Add("multiply-adds", $"{Number(report.MultiplyAdds)} (batch of one)");
        facts.Add("weights", $"{ByteSize.Text(report.WeightBytes)}: {string.Join(", ", report.Weights.Select(w => $"{w.Tensors} {w.Type} of {Number(w.Elements)} numbers"))}");
        facts.Add("zeros in weights", report.Sparsity is { } sparsity ? sparsity.ToString("P1", CultureInfo.InvariantCulture) : "-");
        foreach (var weight in report.SparseWeights) facts.Add("sparse weight", $"{weight.Name}: {weight.Zeros.ToString("P1", CultureInfo.InvariantCulture)} zeros");
        facts.Add("quantisation", report.Quantization.Count == 0 ? "none" : string.Join("; ", report.Quantization));
        if (inspection.Training is { } training) facts.Add("trainable", training.IsTrainable ? $"yes, {Number(training.Weights)} numbers" : training.Obstacles.Count == 1 ? $"no: {training.Obstacles[0]}" : $"no, for {training.Obstacles.Count} reasons, listed below");
        foreach (var (key, value) in report.Metadata) facts.Add($"metadata {key}", Short(value));
        output.Write(facts);

        var operators = new TextTable($"OPERATOR ({report.Nodes} nodes)", "COUNT") { NumbersFrom = 1 };
        foreach (var op in report.Operators) operators.Add(op.Operator, Number(op.Count));
        output.WriteLine();
        output.Write(operators);
        if (inspection.Training is not { Obstacles: { Count: > 1 } obstacles }) return;
        output.WriteLine();
        output.WriteLine("not trainable:");
        foreach (var obstacle in obstacles) output.WriteLine($"  {obstacle}");
    }

    private static string Short(string text) => text.Length <= LongestValue ? text : $"{text[..LongestValue]}...";

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";
}
