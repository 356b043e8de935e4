using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>"latest" below the artifacts folder: the record and the shown files of the last finished run, replaced as one.</summary>
internal sealed partial class LatestFolder(string artifacts, TimeProvider time, ClaimOptions? claims = null)
{
    private const string BuildPrefix = ".latest-";
    private const string ClaimFolder = ".latest.claim";
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;

    public string Path { get; } = System.IO.Path.Combine(artifacts, "latest");

    /// <summary>
    /// Whether a run belongs here. One that --until ended early does not take the place of a finished recipe, whose model
    /// may be in use; where no recipe has finished yet it is better than nothing. Trials and trifles never belong here.
    /// </summary>
    public bool Takes(RunRecord run)
    {
        if (run.Aside is not null) return false;
        if (run.Until is null) return true;
        var present = System.IO.Path.Combine(Path, RunHistory.FileName);
        if (!File.Exists(present)) return true;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(present), RunJson.Default.RunRecord)?.Until is not null;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>Builds the folder anew beside the old one, then swaps the two.</summary>
    /// <exception cref="StoreException">The folder cannot be written to, or a stage shows a file that it did not make.</exception>
    public void Replace(RunRecord run, IEnumerable<(Artifact Artifact, ShownFile File)> shown)
    {
        try
        {
            while (!TryReplace(run, shown))
            {
            }
        }
        catch (Exception exception) when (exception is not StoreException && StoreException.Explain(exception, artifacts) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>False if another process took over the claim, and perhaps took what was being built for a leftover.</summary>
    private bool TryReplace(RunRecord run, IEnumerable<(Artifact Artifact, ShownFile File)> shown)
    {
        using var held = Claim.Take(System.IO.Path.Combine(artifacts, ClaimFolder), claims ?? ClaimOptions.Default, time, _ => { }, CancellationToken.None);
        try
        {
            foreach (var leftover in Directory.EnumerateDirectories(artifacts, BuildPrefix + "*")) Durable.Discard(leftover);
            var build = System.IO.Path.Combine(artifacts, BuildPrefix + Guid.NewGuid().ToString("n"));
            Directory.CreateDirectory(build);
            File.WriteAllText(System.IO.Path.Combine(build, RunHistory.FileName), JsonSerializer.Serialize(run, RunJson.Default.RunRecord) + "\n");
            foreach (var (artifact, file) in shown) Copy(artifact, file, build);
            Swap(build);
            return true;
        }
        catch (IOException) when (held.IsLost())
        {
            return false;
        }
    }

    private static void Copy(Artifact artifact, ShownFile file, string build)
    {
        var source = System.IO.Path.Combine(artifact.Folder, file.Path);
        if (!File.Exists(source)) throw new StoreException($"Stage '{artifact.Manifest.Identity.Stage}' shows '{file.Path}', which its artifact {artifact.Key.Short} does not have.");
        File.Copy(source, System.IO.Path.Combine(build, file.As));
    }

    private void Swap(string build)
    {
        if (!Directory.Exists(Path))
        {
            Directory.Move(build, Path);
            return;
        }
        if (!TryExchange(build))
        {
            // No exchange on this system: for a moment there is no "latest".
            var old = build + "-old";
            Directory.Move(Path, old);
            Directory.Move(build, Path);
            build = old;
        }
        Durable.Discard(build);
    }

    private bool TryExchange(string build)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return RenameAt2(CurrentFolder, System.IO.Path.GetFullPath(build), CurrentFolder, System.IO.Path.GetFullPath(Path), Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}
