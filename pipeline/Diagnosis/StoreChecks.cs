using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>The artifact store: where it is, its size, and whether there is room to write.</summary>
internal static class StoreChecks
{
    /// <summary>What the default recipe takes, dataset, checkpoints and models, with some to spare.</summary>
    private const long NeededBytes = 250_000_000;

    public static IEnumerable<Check> All(string artifacts)
    {
        var existing = NearestExisting(artifacts);
        yield return Doctor.Look("store", CheckState.Missing, "choose a folder that can be written with --artifacts DIR", () =>
        {
            var root = Path.Combine(artifacts, ArtifactStore.FolderName);
            TryWrite(Directory.Exists(root) ? root : existing);
            return Directory.Exists(root) ? $"{root}, {new ArtifactStore(root).Keys.Count()} artifacts, {ByteSize.Text(SizeOf(root))}" : $"{root}, made by the first run";
        });
        yield return Disk(existing);
    }

    private static Check Disk(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free >= NeededBytes
            ? new Check("disk", CheckState.Ok, $"{ByteSize.Text(free)} free")
            : new Check("disk", CheckState.Missing, $"{ByteSize.Text(free)} free; a run of the default recipe takes up to {ByteSize.Text(NeededBytes)}", "pipeline cache gc, or a folder on another disk with --artifacts DIR");
    }

    private static string NearestExisting(string folder)
    {
        var path = folder;
        while (!Directory.Exists(path)) path = Path.GetDirectoryName(path) ?? Path.GetPathRoot(Path.GetFullPath("."))!;
        return path;
    }

    private static void TryWrite(string folder)
    {
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():n}");
        using var _ = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }).Sum(file => file.Length);
}
