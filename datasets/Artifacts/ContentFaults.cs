using System.Text.RegularExpressions;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>Finds what keeps a dataset from being written.</summary>
internal static partial class ContentFaults
{
    /// <summary>Every fault, each a sentence; empty when there is none.</summary>
    public static IReadOnlyList<string> Of(DatasetContent content)
    {
        var faults = new List<string>();
        if (content.Target is null && content.Labels.Count == 0) faults.Add("it names no classes; expected one label a class.");
        if (content.Target is not null && content.Labels.Count > 0) faults.Add("it names both classes and a value to predict; expected one or the other.");
        if (content.Columns.Count > 0) CheckColumns();
        if (content.Train.Count == 0) faults.Add("its training part is empty; expected samples.");
        if (content.Train.Features.Count == 0) faults.Add("it has no features; expected at least one tensor.");
        foreach (var name in content.Train.Features.GroupBy(f => f.Name).Where(g => g.Count() > 1)) faults.Add($"{name.Count()} features are named '{name.Key}'; expected different names.");
        Check(Dataset.TrainName, content.Train);
        if (content.Validation is { } validation) Check(Dataset.ValidationName, validation);
        if (content.Test is { } test) Check(Dataset.TestName, test);
        return faults;

        void Check(string split, SampleSet samples)
        {
            var expected = content.Train.Features.Select(Describe);
            var found = samples.Features.Select(Describe);
            if (!found.SequenceEqual(expected)) faults.Add($"{split} has features {string.Join(", ", found)}; expected {string.Join(", ", expected)}, as in training.");
            foreach (var feature in samples.Features) CheckFeature(split, samples.Count, feature);
            if (content.Target is not null)
            {
                if (samples.Values.Length != samples.Count) faults.Add($"{split} has {samples.Values.Length:N0} values to predict for {samples.Count:N0} samples.");
                return;
            }
            var wrong = samples.Labels.Span.IndexOfAnyExceptInRange(0, content.Labels.Count - 1);
            if (wrong >= 0) faults.Add($"{split} sample {wrong:N0} has label {samples.Labels.Span[wrong]}; expected 0 to {content.Labels.Count - 1}.");
        }

        void CheckColumns()
        {
            var numbers = content.Columns.Sum(c => c.Numbers.Count());
            var categories = content.Columns.Count(c => c.Kind == ColumnKind.Category);
            string[] expected = [.. numbers > 0 ? [DataKinds.Describe(TableFeatures.Numeric, DataKind.Float, [numbers])] : Array.Empty<string>(), .. categories > 0 ? [DataKinds.Describe(TableFeatures.Categorical, DataKind.Int64, [categories])] : Array.Empty<string>()];
            var found = content.Train.Features.Select(Describe);
            if (!found.SequenceEqual(expected)) faults.Add($"its columns need the features {string.Join(", ", expected)}; found {string.Join(", ", found)}.");
        }

        void CheckFeature(string split, int count, SampleTensor feature)
        {
            if (!TensorName().IsMatch(feature.Name) || feature.Name == "label")
                faults.Add($"{split} has a feature named '{feature.Name}'; expected lower-case letters, digits, '-' and '_', and not 'label'.");
            if (feature.ItemShape.Any(s => s <= 0))
                faults.Add($"{split} feature {Describe(feature)} has a size that is not positive.");
            else if (feature.Data.Length != (long)feature.ItemBytes * count)
                faults.Add($"{split} feature {Describe(feature)} has {feature.Data.Length:N0} bytes; {count:N0} samples need {(long)feature.ItemBytes * count:N0}.");
        }
    }

    private static string Describe(SampleTensor feature) => DataKinds.Describe(feature.Name, feature.Kind, feature.ItemShape);

    [GeneratedRegex("^[a-z0-9_-]+$")]
    private static partial Regex TensorName();
}
