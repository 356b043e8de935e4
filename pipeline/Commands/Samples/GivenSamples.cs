using OnnxPipeline.Compression.Scoring;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Pipeline.Commands.Samples;

/// <summary>Samples that a command line gives a model.</summary>
/// <param name="Calibration">To measure ranges on: of a dataset, its training part.</param>
/// <param name="Validation">To choose by, with answers; null where none are known.</param>
/// <param name="HeldOut">To compare models on: of a dataset, its test part.</param>
/// <param name="Text">What the held-out samples are, for example "200 test samples of digits".</param>
internal sealed record GivenSamples(HeldOutSamples Calibration, HeldOutSamples? Validation, HeldOutSamples HeldOut, string Text) : IDisposable
{
    /// <summary>What they are of; null for what is no dataset. It stays open as long as they are.</summary>
    public Dataset? Dataset { get; private init; }

    /// <summary>Whether the right answers are known.</summary>
    public bool Labelled => Validation is not null;

    /// <summary>What a difference of a regression's values is divided by.</summary>
    public double Scale => Dataset is null ? 1 : Stages.DatasetModel.ScaleOf(Dataset);

    /// <summary>Samples of which nothing else is known serve for everything.</summary>
    public static GivenSamples Unlabelled(HeldOutSamples samples, string text) => new(samples, null, samples, text);

    /// <param name="dataset">The parts; it is disposed with the result.</param>
    /// <param name="model">Its answers must be as many as the classes, or nothing is counted by them.</param>
    /// <param name="prepare">Brings samples into the form that the model takes.</param>
    /// <param name="calibration">How many samples of the training part at most.</param>
    /// <param name="limit">How many of another part at most.</param>
    /// <param name="notes">Takes what makes the figures mean less than they seem to.</param>
    public static GivenSamples Of(Dataset dataset, Model model, Func<HeldOutSamples, HeldOutSamples> prepare, int calibration, int limit, TextWriter notes)
    {
        var part = new[] { dataset.Test, dataset.Validation, dataset.Train }.First(p => p.Count > 0);
        HeldOutSamples Take(DatasetSplit split) => prepare(HeldOutSamples.Of(dataset, split, limit));
        var (held, validation) = (Take(part), Take(dataset.Validation.Count > 0 ? dataset.Validation : part));
        var text = $"{held.Count} {part.Name} samples of {dataset.Name}";
        var training = prepare(Stages.CalibrationSamples.Of(dataset, calibration));
        if (WhyUncounted(dataset, model) is { } why)
        {
            notes.WriteLine($"note: right answers are not counted: {why}");
            return new GivenSamples(training, null, held.WithoutLabels(), text) { Dataset = dataset };
        }
        if (ModelInspector.LabelsOf(model) is { Count: > 0 } labels && !labels.SequenceEqual(dataset.Labels))
            notes.WriteLine($"note: the model calls its classes {string.Join(", ", labels)}; they are taken for {dataset.Name}'s, {string.Join(", ", dataset.Labels)}, in the same order");
        return new GivenSamples(training, validation, held, text) { Dataset = dataset };
    }

    public void Dispose() => Dataset?.Dispose();

    private static string? WhyUncounted(Dataset dataset, Model model)
    {
        var expected = dataset.Target is null ? dataset.Labels.Count : 1;
        return ModelScorer.AnswersOf(model) is not { } found ? $"the model has no one output of [batch, {expected}]"
            : found != expected ? $"the model gives {found} answers a sample, and {dataset.Name} has {(dataset.Target is null ? $"{expected} classes" : "one value")}"
            : null;
    }
}
