using System.Globalization;
using OnnxPipeline.Compression;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>A quantised model in lines for a terminal.</summary>
internal static class QuantizeText
{
    public static IEnumerable<string> Lines(VariantReport variant)
    {
        yield return $"{variant.File}: {ByteSize.Text(variant.Bytes)}{(variant.HeldOut is { } compared ? $", {Answers(compared)}" : "")}";
        if (!variant.WithinTolerance) yield return string.Create(CultureInfo.InvariantCulture, $"{variant.File}: its answers differ by more than the tolerance of {variant.Tolerance} on average");
        if (variant.Report.Budget is { } budget) yield return $"{variant.File}: {Budget(budget)}";
        foreach (var note in variant.Report.Notes) yield return $"{variant.File}: {note}";
    }

    public static string Budget(BudgetReport budget)
    {
        var floats = budget.Impacts.Where(i => i.LeftInFloat).Select(i => i.Node).ToArray();
        var left = floats.Length == 0 ? "with every node quantised" : $"with {string.Join(", ", floats)} left in float32";
        return string.Create(CultureInfo.InvariantCulture, $"{100 * (budget.FloatScore - budget.Score):0.##} of {budget.MaxDrop} points lost on the validation part {left}{(budget.Met ? "" : "; the limit was missed")}");
    }

    private static string Answers(AnswerComparison compared) => compared.Agreement is { } agreement
        ? string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * compared.OriginalScore:0.00} → {100 * compared.Score:0.00} %, the same class on {100 * agreement:0.00} %")
        : string.Create(CultureInfo.InvariantCulture, $"error {compared.OriginalScore:g4} → {compared.Score:g4}");
}
