using System.Runtime.CompilerServices;
using OnnxPipeline.Inference.Folders.Inputs;

namespace OnnxPipeline.Inference.Folders.Watching;

/// <summary>
/// Tells of images that are in folders, or arrive there: when size and time have been the same for a while and the file opens. Each is
/// told of once, and again when it was written anew. It looks by itself now and then; the system's notices, which can be lost, or be missing on network drives, only make it look sooner.
/// </summary>
/// <param name="folders">They are watched with all below them.</param>
/// <param name="settling">How long a file must not change.</param>
internal sealed class FolderWatcher(IReadOnlyList<string> folders, TimeSpan settling)
{
    /// <summary>Between two looks where no notice comes.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at the least; and as long as a look takes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Sighting> _seen = new(StringComparer.Ordinal);

    /// <summary>The images that are complete, as they become so. It ends by cancellation only.</summary>
    public async IAsyncEnumerable<IReadOnlyList<InputImage>> ArrivalsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var notices = new FolderNotices(folders);
        while (true)
        {
            var began = Environment.TickCount64;
            var arrived = Look(began);
            var lasted = TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
            if (arrived.Count > 0) yield return arrived;
            await Task.Delay(lasted > Pause ? lasted : Pause, cancellation).ConfigureAwait(false);
            // A file that is still settling is looked at again as soon as it may have.
            var settles = _seen.Values.Any(s => !s.Taken);
            await notices.WaitAsync(settles && settling < Interval ? settling : Interval, cancellation).ConfigureAwait(false);
        }
    }

    /// <param name="look">When this is, in milliseconds of the system's running.</param>
    private List<InputImage> Look(long look)
    {
        var arrived = new List<InputImage>();
        foreach (var image in folders.SelectMany(ImagePaths.Walk).Where(image => image.Error is null))
        {
            var now = Sight(image.Path, look);
            var same = _seen.TryGetValue(image.Path, out var seen) && seen.Length == now.Length && seen.Written == now.Written;
            if (same) now = now with { Since = seen.Since, Taken = seen.Taken };
            if (same && !now.Taken && look - now.Since >= settling.TotalMilliseconds && Opens(image.Path))
            {
                now = now with { Taken = true };
                arrived.Add(image);
            }
            _seen[image.Path] = now;
        }
        // Those that are gone are forgotten: the names in the folders are all that is held.
        foreach (var gone in _seen.Where(s => s.Value.Look != look).Select(s => s.Key).ToArray()) _seen.Remove(gone);
        return arrived;
    }

    private static Sighting Sight(string path, long look)
    {
        var file = new FileInfo(path);
        return file.Exists ? new Sighting(file.Length, file.LastWriteTimeUtc, look, look, false) : new Sighting(-1, default, look, look, false);
    }

    /// <summary>A writer that lets nobody read has not finished. A file that may not be read at all is taken, to be an error.</summary>
    private static bool Opens(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What a file was like.</summary>
    /// <param name="Length">Bytes.</param>
    /// <param name="Written">When it was written last.</param>
    /// <param name="Since">Since when it is like that, in milliseconds of the system's running.</param>
    /// <param name="Look">When it was last there, likewise.</param>
    /// <param name="Taken">Whether it has been told of.</param>
    private readonly record struct Sighting(long Length, DateTime Written, long Since, long Look, bool Taken);
}
