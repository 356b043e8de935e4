using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Opens a deployable model and runs it on blank samples: it must load, take any batch, and give one probability a label, or one value.</summary>
internal static class Probe
{
    /// <exception cref="ExportException">It does not.</exception>
    public static void Check(Model model, DeployMetadata metadata)
    {
        using var runner = Open(model);
        foreach (var batch in (int[])[1, 2])
        {
            int width;
            try
            {
                width = runner.Run(Blank(metadata, batch), metadata.Prediction ?? metadata.Probabilities).Length / batch;
            }
            catch (OnnxRuntimeException exception)
            {
                throw new ExportException($"The exported model does not run on a batch of {batch}. A graph that fixes its batch, in a Reshape for example, must be made with a free one. ONNX Runtime says: {exception.Message}", exception);
            }
            catch (ExportException exception) when (batch > 1)
            {
                throw new ExportException($"The exported model does not take a batch of {batch}. {exception.Message}", exception);
            }
            if (metadata.Prediction is null && width != metadata.Labels.Count)
                throw new ExportException($"The model has {width} classes, but {metadata.Labels.Count} labels were given ({string.Join(", ", metadata.Labels.Take(12))}); expected one for each class.");
        }
    }

    /// <summary>Samples of zeros and empty words, as a deployed model takes them.</summary>
    public static SampleBatch Blank(DeployMetadata metadata, int count)
    {
        if (metadata.Input is { } image)
        {
            return new SampleBatch(count, [new SampleInput(null, ImageShape.Of(image), new byte[count * ImageShape.Bytes(image)])]);
        }
        var numbers = metadata.Columns.SelectMany(c => c.Numbers).Select(name => new SampleInput(name, [1], new float[count]));
        var words = metadata.Columns.Where(c => c.Kind == ColumnKind.Category).Select(c => new SampleInput(c.Name, [1], Enumerable.Repeat("", count).ToArray()));
        return new SampleBatch(count, [.. numbers, .. words]);
    }

    private static ModelRunner Open(Model model)
    {
        try
        {
            return ModelRunner.Open(model, new SessionSettings { Threads = 1, Spin = Spinning.Never });
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ExportException($"ONNX Runtime {Providers.Version} does not load the exported model: {exception.Message}", exception);
        }
    }
}
