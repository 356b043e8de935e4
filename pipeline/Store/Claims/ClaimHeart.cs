namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>Beats for all claims of this process, on one thread of its own: the thread pool's may all be busy for longer than a lease.</summary>
internal static class ClaimHeart
{
    private static readonly List<Claim> Claims = [];
    private static long _wake = long.MaxValue;
    private static Thread? _thread;

    public static void Add(Claim claim)
    {
        lock (Claims)
        {
            Claims.Add(claim);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "claims" };
                _thread.Start();
            }
            if (claim.BeatAt < _wake) Monitor.Pulse(Claims);
        }
    }

    public static void Remove(Claim claim)
    {
        lock (Claims) Claims.Remove(claim);
    }

    private static void Run()
    {
        while (true)
        {
            foreach (var claim in WaitForDue()) claim.Beat();
        }
    }

    private static Claim[] WaitForDue()
    {
        lock (Claims)
        {
            while (true)
            {
                var now = Environment.TickCount64;
                Claim[] due = [.. Claims.Where(c => c.BeatAt <= now)];
                if (due.Length > 0) return due;
                _wake = Claims.Count == 0 ? long.MaxValue : Claims.Min(c => c.BeatAt);
                Monitor.Wait(Claims, _wake == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(_wake - now));
            }
        }
    }
}
