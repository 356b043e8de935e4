using Google.Protobuf;

namespace OnnxPipeline.Models;

/// <summary>Writes models: to a temporary name, flushed to the disk, then renamed, so that no reader ever sees half a file.</summary>
internal static class ModelWriter
{
    /// <summary>Left for everything but initializers when deciding whether a model fits one message.</summary>
    private const long Slack = 64 << 20;

    /// <summary>What goes to the data file when the caller named no threshold but the model is too large.</summary>
    private const long DefaultThreshold = 1024;

    public static bool FitsOneMessage(Model model) => model.Graph.Initializers.Sum(t => t.ElementType.ByteLength(t.ElementCount)) < int.MaxValue - Slack;

    public static void Save(Model model, string path, SaveOptions options)
    {
        var threshold = options.ExternalDataThreshold ?? (FitsOneMessage(model) ? null : DefaultThreshold);
        if (threshold is not { } bytes)
        {
            Replace(path, file => model.ToProto().WriteTo(file));
            return;
        }
        foreach (var tensor in model.Graph.Initializers.Where(t => t.ElementType.Bits() > 0)) tensor.UseRawData();
        // A shallow copy of the message: tensors give up their data in the copy, not in the model.
        var message = model.ToProto().Clone();
        var dataPath = path + ".data";
        Replace(dataPath, file => ExternalData.Detach(message.Graph, file, Path.GetFileName(dataPath), bytes));
        Replace(path, file => message.WriteTo(file));
    }

    private static void Replace(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
