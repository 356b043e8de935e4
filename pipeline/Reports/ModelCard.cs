using System.Text;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>
/// The model card, in Markdown: what the model is for, what it learnt from, how good it is, and what it does not know.
/// Source: Mitchell et al., "Model cards for model reporting", FAT* 2019.
/// </summary>
internal static class ModelCard
{
    public const string FileName = "MODEL_CARD.md";

    private const int MostClasses = 40;

    /// <summary>Wider tables than this nobody reads.</summary>
    private const int MostConfused = 12;

    public static string Of(ReportedRun run)
    {
        var text = new StringBuilder();
        Heading(text, 1, $"Model card: {run.Recipe}");
        Details(text, run);
        IntendedUse(text, run);
        Data(text, run);
        Metrics(text, run);
        ModelCardChecks.Write(text, run);
        Limits(text, run);
        Provenance(text, run);
        return text.ToString();
    }

    private static void Details(StringBuilder text, ReportedRun run)
    {
        var summary = ModelSummary.Of(run.Trained);
        Heading(text, 2, "Model details");
        Item(text, $"Architecture: {run.Trained.Graph.Name}, {Show.Count(summary.Parameters)} parameters, {Show.Count(summary.MultiplyAdds)} multiply-adds a sample.");
        Item(text, $"File: {ExportStage.ModelFile}, {ByteSize.Text(run.Manifests[ExportStage.StageName].Files.First(f => f.Path == ExportStage.ModelFile).Size)}, ONNX.");
        Item(text, $"Input: {Input(run)}.");
        if (run.Deployed.TestTimeAugmentation is { } augmentation) Item(text, $"Test-time augmentation inside the graph: the logits of {(augmentation == TestTimeAugmentation.Flip ? "the image and its mirror image" : "the image and of it moved by a pixel either way along the diagonal, each with its mirror image,")} are averaged.");
        Item(text, $"Output: {(run.Deployed.Prediction is { } prediction ? $"'{prediction}', the value of '{run.Deployed.Target}'" : $"'{run.Deployed.Probabilities}', the probability of each of {run.Dataset.Labels.Count} classes")}.");
        if (run.Deployed.Threshold is { } threshold) Item(text, $"Decision threshold: '{run.Deployed.Labels[1]}' from a probability of {Show.Number(threshold)}, chosen on validation samples.");
    }

    private static string Input(ReportedRun run) => run.Deployed.Input is { Layout: ImageLayout.Encoded } file
        ? $"'{file.Name}', the bytes of a PNG or JPEG file, one a run, decoded and brought to {(file.Channels == 1 ? "greyscale" : "RGB")} {file.Width}x{file.Height} inside the graph by ONNX Runtime Extensions"
        : run.Deployed.Input is { } image
        ? $"'{image.Name}', raw uint8 pixels, {(image.Channels == 1 ? "greyscale" : "RGB")} {image.Width}x{image.Height}; normalisation lies inside the graph"
        : $"the columns {string.Join(", ", run.Deployed.Columns.Select(c => $"'{c.Name}'"))}, raw; standardisation lies inside the graph";

    private static void IntendedUse(StringBuilder text, ReportedRun run)
    {
        Heading(text, 2, "Intended use");
        Line(text, run.Deployed.Prediction is null
            ? $"It tells which of {run.Dataset.Labels.Count} classes a sample like those of {run.Dataset.Name} belongs to{(run.Dataset.Labels.Count <= MostClasses ? $": {string.Join(", ", run.Dataset.Labels)}" : "")}."
            : $"It estimates '{run.Deployed.Target}' for a sample like those of {run.Dataset.Name}.");
        Line(text, "Any other use, decisions about people above all, was not examined.");
    }

    private static void Data(StringBuilder text, ReportedRun run)
    {
        Heading(text, 2, "Data");
        Item(text, $"{run.Dataset.Name}: {run.Dataset.Source}.");
        Item(text, $"{Show.Count(run.Dataset.Train.Count)} samples for training, {Show.Count(run.Dataset.Validation.Count)} for validation, {Show.Count(run.Dataset.Test.Count)} for the test.");
    }

    private static void Metrics(StringBuilder text, ReportedRun run)
    {
        Heading(text, 2, "Metrics");
        if (run.Measured is not var (split, metrics))
        {
            foreach (var (part, values) in new[] { ("test", run.Evaluation.Test), ("validation", run.Evaluation.Validation) })
            {
                if (values is RegressionMetrics value) Item(text, $"Root mean squared error {Show.Number(value.Rmse)}, mean absolute error {Show.Number(value.Mae)}, largest {Show.Number(value.MaxError)}, R² {Show.Number(value.R2)}, on {Show.Count(value.Samples)} {part} samples, in the unit of '{run.Deployed.Target}'.");
            }
            if (run.Evaluation is { Test: null, Validation: null }) Line(text, "Nothing was measured.");
            return;
        }
        Item(text, $"Accuracy {Show.Percent(metrics.Accuracy)}, loss {Show.Number(metrics.Loss)}, expected calibration error {Show.Percent(metrics.Calibration.ExpectedCalibrationError)}, on {Show.Count(metrics.Samples)} {split.Name} samples.");
        if (metrics.Auc is { } auc) Item(text, $"Area under the ROC curve{(metrics.Roc.Count > 1 ? "s, mean" : "")}: {Show.Number(auc)}.");
        if (metrics.Classes.Count > MostClasses) return;
        Line(text, "");
        Row(text, "class", "samples", "precision", "recall", "F1");
        text.Append("|---|---:|---:|---:|---:|\n");
        foreach (var c in metrics.Classes) Row(text, c.Label, Show.Count(c.Samples), Show.Percent(c.Precision), Show.Percent(c.Recall), Show.Percent(c.F1));
        Confusion(text, metrics);
        Reliability(text, metrics.Calibration);
    }

    private static void Confusion(StringBuilder text, ClassificationMetrics metrics)
    {
        Heading(text, 3, "Confusion");
        if (metrics.Classes.Count > MostConfused)
        {
            var worst = from row in metrics.Classes.Index() from column in metrics.Classes.Index() where row.Index != column.Index select (True: row.Item.Label, Answered: column.Item.Label, Count: metrics.Confusion[row.Index][column.Index]);
            Line(text, "The most frequent mistakes; every count is in metrics.json.");
            Line(text, "");
            Row(text, "true class", "answered", "samples");
            text.Append("|---|---|---:|\n");
            foreach (var pair in worst.Where(p => p.Count > 0).OrderByDescending(p => p.Count).Take(MostConfused)) Row(text, pair.True, pair.Answered, Show.Count(pair.Count));
            return;
        }
        Line(text, "Rows are the true classes, columns the answers.");
        Line(text, "");
        Row(text, ["", .. metrics.Classes.Select(c => c.Label)]);
        text.Append("|---|").AppendJoin("", Enumerable.Repeat("---:|", metrics.Classes.Count)).Append('\n');
        foreach (var (c, counts) in metrics.Classes.Zip(metrics.Confusion)) Row(text, [c.Label, .. counts.Select(Show.Count)]);
    }

    private static void Reliability(StringBuilder text, Calibration calibration)
    {
        Heading(text, 3, "Calibration");
        Line(text, $"Of answers given with some confidence, how many are right; the mean distance of the two, weighted by samples, is {Show.Percent(calibration.ExpectedCalibrationError)}.");
        Line(text, "");
        Row(text, "confidence", "accuracy", "samples");
        text.Append("|---:|---:|---:|\n");
        foreach (var bin in calibration.Bins.Where(b => b.Samples > 0)) Row(text, Show.Percent(bin.Confidence), Show.Percent(bin.Accuracy), Show.Count(bin.Samples));
    }

    private static void Limits(StringBuilder text, ReportedRun run)
    {
        Heading(text, 2, "Limits");
        if (run.Measured is var (split, metrics))
        {
            Item(text, $"The figures hold for samples drawn as the {split.Name} part of {run.Dataset.Name} was. On data from elsewhere, measure again.");
            if (metrics.Classes.Where(c => c.F1 is not null).MinBy(c => c.F1) is { } worst) Item(text, $"It does worst on '{worst.Label}' (F1 {Show.Percent(worst.F1)}).");
        }
        if (run.Deployed.Prediction is null) Item(text, "It answers with one of its classes whatever it is shown; it has none for 'something else'.");
    }

    private static void Provenance(StringBuilder text, ReportedRun run)
    {
        Heading(text, 2, "Lineage");
        Item(text, $"Recipe {run.Recipe}, SHA-256 {run.Deployed.RecipeHash}; OnnxPipeline {ToolVersion.Current}.");
        foreach (var (stage, manifest) in run.Manifests)
            Item(text, $"{stage}: content SHA-256 {manifest.Hash}{(manifest.Identity.Engine is { } engine ? $", made with {engine}" : "")}{(manifest.Identity.Inputs.Count > 0 ? $", from {string.Join(", ", manifest.Identity.Inputs.Keys.Order(StringComparer.Ordinal))}" : "")}.");
        Item(text, $"Every file's hash and every dependency's version: {ModelProvenance.FileName}.");
    }

    internal static void Heading(StringBuilder text, int level, string heading) => text.Append(level == 1 ? "" : "\n").Append('#', level).Append(' ').Append(Escape(heading)).Append("\n\n");

    internal static void Line(StringBuilder text, string line) => text.Append(Escape(line)).Append('\n');

    internal static void Item(StringBuilder text, string item) => text.Append("- ").Append(Escape(item)).Append('\n');

    internal static void Row(StringBuilder text, params IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");

    /// <summary>Names are the data's: none of them may break a table, or become a tag or a link.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            if (c is '\\' or '|' or '<' or '>' or '[' or ']' or '`' or '*') escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }
}
