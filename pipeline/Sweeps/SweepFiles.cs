using System.Text.Json;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>What a finished sweep leaves in artifacts/sweeps/ID.</summary>
internal static class SweepFiles
{
    public const string FolderName = "sweeps";
    public const string RecordFile = "sweep.json";

    /// <summary>Writes the sweep's files, over those of an earlier time; gives their folder.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public static string Write(SweepRecord sweep, string artifacts)
    {
        var folder = Path.Combine(artifacts, FolderName, sweep.Id);
        try
        {
            Directory.CreateDirectory(folder);
            Durable.WriteAllText(Path.Combine(folder, RecordFile), JsonSerializer.Serialize(sweep, SweepJson.Default.SweepRecord) + "\n", flush: false);
        }
        catch (Exception exception) when (StoreException.Explain(exception, folder) is { } explained)
        {
            throw explained;
        }
        return folder;
    }
}
