namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>
/// A right that one process at a time has, on however many machines, such as making the artifact of one key. It is a lease: the
/// owner shows every tenth of it that it lives, and who waits takes over from one that has been silent for a whole lease, or that is known
/// to have ended because it ran on the same machine. An owner that was stopped for longer learns of it through <see cref="Lost"/>.
/// It keeps work from being done twice and no more: nothing may be damaged if two ever believe to have it.
/// <para>
/// It needs of a file system what NFS gives: exclusive creation, and a look at the server whenever a file or a folder is opened. It
/// uses no lock of the operating system, compares no clocks of machines, and reads no modification times. Versions of this tool from before it,
/// which locked files, do not see it; do not run both on one store at a time.
/// </para>
/// </summary>
internal sealed class Claim : IDisposable
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);
    private readonly ClaimFolder _folder;
    private readonly int _number;
    private readonly long _heartbeat;
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private ClaimRecord _record;
    private bool _released;

    private Claim(ClaimFolder folder, int number, ClaimRecord record, ClaimOptions options)
    {
        (_folder, _number, _record, _heartbeat) = (folder, number, record, (long)options.Heartbeat.TotalMilliseconds);
        BeatAt = Environment.TickCount64 + _heartbeat;
        Lost = _lost.Token;
        ClaimHeart.Add(this);
    }

    /// <summary>Cancelled once another is known to have taken over.</summary>
    public CancellationToken Lost { get; }

    /// <summary>When the next beat is due, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    internal long BeatAt { get; private set; }

    /// <summary>Takes a claim if it is known to be free; null if another has it, or may have it.</summary>
    /// <param name="path">The claim's folder; made if absent.</param>
    /// <param name="options">How claims are taken.</param>
    /// <param name="time">Tells when it was taken.</param>
    public static Claim? TryTake(string path, ClaimOptions options, TimeProvider time)
    {
        var folder = new ClaimFolder(new ClaimFiles(path));
        return folder.Look() is var seen && IsFree(seen, options) ? TryWin(folder, seen, options, time) : null;
    }

    /// <summary>Takes a claim, waiting until it is free.</summary>
    /// <param name="path">The claim's folder; made if absent.</param>
    /// <param name="options">How claims are taken.</param>
    /// <param name="time">Tells when it was taken, and how long another has been silent.</param>
    /// <param name="waiting">Told once, if there is a wait, who has it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static Claim Take(string path, ClaimOptions options, TimeProvider time, Action<string> waiting, CancellationToken cancellation)
    {
        var folder = new ClaimFolder(new ClaimFiles(path));
        var patience = new ClaimPatience(options, time);
        var told = false;
        // A look counts for a heartbeat at most: waiting longer between two would only make the wait longer.
        var longest = options.Heartbeat < LongestPoll ? options.Heartbeat : LongestPoll;
        var poll = FirstPoll < longest ? FirstPoll : longest;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = folder.Look();
            var free = IsFree(seen, options) || patience.IsOver(seen);
            if (free && TryWin(folder, seen, options, time) is { } claim) return claim;
            if (!free && !told) waiting(seen.Record?.Describe() ?? "another process");
            told |= !free;
            cancellation.WaitHandle.WaitOne(poll);
            poll = poll * 1.5 < longest ? poll * 1.5 : longest;
        }
    }

    /// <summary>Looks whether another has taken over; it then also cancels <see cref="Lost"/>.</summary>
    public bool IsLost()
    {
        lock (_gate)
        {
            Examine(beat: false);
            return Lost.IsCancellationRequested;
        }
    }

    /// <summary>Shows that the owner lives, and looks whether another has taken over.</summary>
    internal void Beat()
    {
        lock (_gate)
        {
            BeatAt = Environment.TickCount64 + _heartbeat;
            Examine(beat: true);
        }
    }

    /// <summary>Lets others have it.</summary>
    public void Dispose()
    {
        ClaimHeart.Remove(this);
        lock (_gate)
        {
            if (_released) return;
            _released = true;
            if (!Lost.IsCancellationRequested) Write(_record with { State = ClaimState.Free });
            _lost.Dispose();
        }
    }

    private static bool IsFree(ClaimSight seen, ClaimOptions options) =>
        seen.Number == 0 || (seen.Record is { } record && (record.State == ClaimState.Free || options.Owner.KnowsGone(record.Owner)));

    private static Claim? TryWin(ClaimFolder folder, ClaimSight free, ClaimOptions options, TimeProvider time)
    {
        var record = new ClaimRecord(Guid.NewGuid().ToString("n"), options.Owner, time.GetUtcNow(), ClaimState.Held, Beat: 0);
        var number = free.Number + 1;
        return folder.TryWin(number, record.ToText()) ? new Claim(folder, number, record, options) : null;
    }

    private void Examine(bool beat)
    {
        if (_released || Lost.IsCancellationRequested) return;
        try
        {
            // What hears of it may take its time, and this thread is not its own.
            if (!_folder.IsHighest(_number)) _ = _lost.CancelAsync();
            else if (beat) Write(_record with { Beat = _record.Beat + 1 });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file system does not answer for the moment; the next beat asks again.
        }
    }

    private void Write(ClaimRecord record)
    {
        _record = record;
        try
        {
            _folder.Write(_number, record.ToText());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What others do not get to see, they find silent after a lease.
        }
    }
}
