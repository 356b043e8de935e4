using System.Globalization;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>The forms of a model in lines for a terminal.</summary>
internal static class VariantsText
{
    public static IEnumerable<string> Lines(IReadOnlyList<ModelVariant> variants, VariantTimes times)
    {
        foreach (var variant in variants)
        {
            yield return $"{variant.File}: {string.Join(", ", Figures(variant, variants[0], times))}";
            if (!variant.Verification.Passed) yield return $"{variant.File}: {new Export.VerifyException(variant.Verification).Message}";
            if (times.Variants.First(t => t.File == variant.File).Slower is { } slower) yield return $"{variant.File} is {slower}";
        }
    }

    private static IEnumerable<string> Figures(ModelVariant variant, ModelVariant first, VariantTimes times)
    {
        yield return $"{variant.Made}, {ByteSize.Text(variant.Bytes)}{(variant == first ? "" : Ratio((double)variant.Bytes / first.Bytes))}";
        var answers = variant.Answers!;
        yield return answers.Agreement is null
            ? string.Create(CultureInfo.InvariantCulture, $"error {answers.Score:g4}")
            : string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * answers.Score:0.00} %");
        foreach (var batch in times.Batches)
        {
            if (times.Of(variant.File, batch) is not var (milliseconds, ratio)) continue;
            yield return string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.000} ms at batch {batch}{(variant == first || ratio is null ? "" : Ratio(ratio.Value))}");
        }
    }

    private static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $" ({ratio:0.00}x)");
}
