using System.Text;
using OnnxPipeline.Models;
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

    public static string Of(RunFiles run)
    {
        var text = new StringBuilder();
        Heading(text, 1, $"Model card: {run.Recipe}");
        Details(text, run);
        IntendedUse(text, run);
        Data(text, run);
        Metrics(text, run);
        Limits(text, run);
        Provenance(text, run);
        return text.ToString();
    }

    private static void Details(StringBuilder text, RunFiles run)
    {
        var summary = ModelSummary.Of(run.Initial);
        Heading(text, 2, "Model details");
        Item(text, $"Architecture: {run.Trained.Graph.Name}, {Show.Count(summary.Parameters)} parameters, {Show.Count(summary.MultiplyAdds)} multiply-adds a sample.");
        Item(text, $"File: {ExportStage.ModelFile}, {ByteSize.Text(run.Manifests[ExportStage.StageName].Files.First(f => f.Path == ExportStage.ModelFile).Size)}, ONNX.");
        Item(text, $"Input: {Input(run)}.");
        Item(text, $"Output: {(run.Deployed.Prediction is { } prediction ? $"'{prediction}', the value of '{run.Deployed.Target}'" : $"'{run.Deployed.Probabilities}', the probability of each of {run.Dataset.Labels.Count} classes")}.");
        if (run.Deployed.Threshold is { } threshold) Item(text, $"Decision threshold: '{run.Deployed.Labels[1]}' from a probability of {Show.Number(threshold)}, chosen on validation samples.");
    }

    private static string Input(RunFiles run) => run.Deployed.Input is { } image
        ? $"'{image.Name}', raw uint8 pixels, {(image.Channels == 1 ? "greyscale" : "RGB")} {image.Width}x{image.Height}; normalisation lies inside the graph"
        : $"the columns {string.Join(", ", run.Deployed.Columns.Select(c => $"'{c.Name}'"))}, raw; standardisation lies inside the graph";

    private static void IntendedUse(StringBuilder text, RunFiles run)
    {
        Heading(text, 2, "Intended use");
        Line(text, run.Deployed.Prediction is null
            ? $"It tells which of {run.Dataset.Labels.Count} classes a sample like those of {run.Dataset.Name} belongs to{(run.Dataset.Labels.Count <= MostClasses ? $": {string.Join(", ", run.Dataset.Labels)}" : "")}."
            : $"It estimates '{run.Deployed.Target}' for a sample like those of {run.Dataset.Name}.");
        Line(text, "Any other use, decisions about people above all, was not examined.");
    }

    private static void Data(StringBuilder text, RunFiles run)
    {
        Heading(text, 2, "Data");
        Item(text, $"{run.Dataset.Name}: {run.Dataset.Source}.");
        Item(text, $"{Show.Count(run.Dataset.Train.Count)} samples for training, {Show.Count(run.Dataset.Validation.Count)} for validation, {Show.Count(run.Dataset.Test.Count)} for the test.");
    }

    private static void Metrics(StringBuilder text, RunFiles run)
    {
        Heading(text, 2, "Metrics");
        if (run.Measured is not var (split, metrics))
        {
            Line(text, "Nothing was measured.");
            return;
        }
        Item(text, $"Accuracy {Show.Percent(metrics.Accuracy)}, loss {Show.Number(metrics.Loss)}, expected calibration error {Show.Percent(metrics.Calibration.ExpectedCalibrationError)}, on {Show.Count(metrics.Samples)} {split.Name} samples.");
        if (metrics.Auc is { } auc) Item(text, $"Area under the ROC curve{(metrics.Roc.Count > 1 ? "s, mean" : "")}: {Show.Number(auc)}.");
        if (metrics.Classes.Count > MostClasses) return;
        Line(text, "");
        Row(text, "class", "samples", "precision", "recall", "F1");
        text.Append("|---|---:|---:|---:|---:|\n");
        foreach (var c in metrics.Classes) Row(text, c.Label, Show.Count(c.Samples), Show.Percent(c.Precision), Show.Percent(c.Recall), Show.Percent(c.F1));
    }

    private static void Limits(StringBuilder text, RunFiles run)
    {
        Heading(text, 2, "Limits");
        if (run.Measured is var (split, metrics))
        {
            Item(text, $"The figures hold for samples drawn as the {split.Name} part of {run.Dataset.Name} was. On data from elsewhere, measure again.");
            if (metrics.Classes.Where(c => c.F1 is not null).MinBy(c => c.F1) is { } worst) Item(text, $"It does worst on '{worst.Label}' (F1 {Show.Percent(worst.F1)}).");
        }
        if (run.Deployed.Prediction is null) Item(text, "It answers with one of its classes whatever it is shown; it has none for 'something else'.");
    }

    private static void Provenance(StringBuilder text, RunFiles run)
    {
        Heading(text, 2, "Provenance");
        Item(text, $"Recipe {run.Recipe}, SHA-256 {run.Deployed.RecipeHash}; OnnxPipeline {ToolVersion.Current}.");
        foreach (var (stage, manifest) in run.Manifests) Item(text, $"{stage}: content SHA-256 {manifest.Hash}{(manifest.Identity.Engine is { } engine ? $", made with {engine}" : "")}.");
    }

    private static void Heading(StringBuilder text, int level, string heading) => text.Append(level == 1 ? "" : "\n").Append('#', level).Append(' ').Append(Escape(heading)).Append("\n\n");

    private static void Line(StringBuilder text, string line) => text.Append(Escape(line)).Append('\n');

    private static void Item(StringBuilder text, string item) => text.Append("- ").Append(Escape(item)).Append('\n');

    private static void Row(StringBuilder text, params IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");

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
