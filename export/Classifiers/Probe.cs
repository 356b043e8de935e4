using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Classifiers;

/// <summary>Opens a deployable model and runs it on blank images: it must load, take any batch, and give one probability a label.</summary>
internal static class Probe
{
    /// <exception cref="ExportException">It does not.</exception>
    public static void Check(Model model, DeployMetadata metadata)
    {
        using var classifier = Open(model);
        var image = metadata.Input.Channels * metadata.Input.Height * metadata.Input.Width;
        foreach (var batch in (int[])[1, 2])
        {
            int classes;
            try
            {
                classes = classifier.Run(new byte[batch * image], batch, metadata.Probabilities).Length / batch;
            }
            catch (OnnxRuntimeException exception)
            {
                throw new ExportException($"The exported model does not run on a batch of {batch}. A graph that fixes its batch, in a Reshape for example, must be made with a free one. ONNX Runtime says: {exception.Message}", exception);
            }
            catch (ExportException exception) when (batch > 1)
            {
                throw new ExportException($"The exported model does not take a batch of {batch}. {exception.Message}", exception);
            }
            if (classes != metadata.Labels.Count)
                throw new ExportException($"The model has {classes} classes, but {metadata.Labels.Count} labels were given ({string.Join(", ", metadata.Labels.Take(12))}); expected one for each class.");
        }
    }

    private static ClassifierSession Open(Model model)
    {
        try
        {
            return new ClassifierSession(SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, Spin = false }));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ExportException($"ONNX Runtime {Providers.Version} does not load the exported model: {exception.Message}", exception);
        }
    }
}
