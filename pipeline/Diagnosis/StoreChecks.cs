using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>The artifact store: where it is, its size, and whether there is room to write.</summary>
internal static class StoreChecks
{
    /// <summary>What the default recipe takes, dataset, checkpoints and models, with some to spare.</summary>
    private const long NeededBytes = 250_000_000;

    public static IEnumerable<Check> All(string artifacts)
    {
        var root = Path.Combine(artifacts, ArtifactStore.FolderName);
        yield return Doctor.Look("store", CheckState.Missing, "choose a folder that can be written with --artifacts DIR", () =>
        {
            TryWrite(NearestExisting(root));
            return Directory.Exists(root) ? $"{root}, {new ArtifactStore(root).Keys.Count()} artifacts, {ByteSize.Text(SizeOf(root))}" : $"{root}, made by the first run";
        });
        yield return Doctor.Look("disk", CheckState.Missing, "pipeline cache gc, or a folder on another disk with --artifacts DIR", () =>
        {
            var free = new DriveInfo(NearestExisting(root)).AvailableFreeSpace;
            return free >= NeededBytes ? $"{ByteSize.Text(free)} free" : throw new IOException($"{ByteSize.Text(free)} free; a run of the default recipe takes up to {ByteSize.Text(NeededBytes)}");
        });
    }

    /// <summary>The folder in which a run would begin to make folders.</summary>
    private static string NearestExisting(string folder)
    {
        if (File.Exists(folder)) throw new IOException($"{folder} is a file, no folder");
        return Directory.Exists(folder) || Path.GetDirectoryName(folder) is not { } parent ? folder : NearestExisting(parent);
    }

    private static void TryWrite(string folder)
    {
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():n}");
        using var _ = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }).Sum(file => file.Length);
}
