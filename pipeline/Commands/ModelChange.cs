using OnnxPipeline.Compression;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Commands.Samples;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What making a model smaller did to its answers, and the file that is written if they are there at all.</summary>
internal static class ModelChange
{
    /// <summary>Runs both models on the samples, or on inputs made up from the signature where there are none.</summary>
    /// <exception cref="ExportException">The new model does not run, or gives outputs of another form.</exception>
    public static ModelDifference Measure(Model original, Model changed, GivenSamples? samples, CancellationToken cancellation)
    {
        var report = ModelComparer.Compare(original, changed, new CompareOptions { Samples = samples?.HeldOut.Count ?? new CompareOptions().Samples }, samples?.HeldOut);
        if ((report.Problem ?? report.Outputs.Select(o => o.Problem).FirstOrDefault(p => p is not null)) is { } problem)
            throw new ExportException($"The new model cannot be compared with the original, so nothing was written: {problem}");
        return new ModelDifference(samples?.Text ?? report.Data, report.Outputs, samples is { Labelled: true } ? AnswerComparison.Of(original, changed, samples.HeldOut, samples.Scale, cancellation) : null);
    }

    /// <summary>Writes the model, whole or not at all, and says how large it is.</summary>
    public static ModelSize Save(Model model, string target)
    {
        model.Save(target);
        return new ModelSize(ModelFile.Bytes(target, Model.Load(target)), model.Graph.Nodes.Count);
    }

    public static ModelSize SizeOf(string given, Model model, CliServices services) => new(ModelFile.Bytes(ModelFile.PathOf(given, services), model), model.Graph.Nodes.Count);
}
