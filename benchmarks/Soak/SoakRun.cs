using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using OnnxPipeline.Benchmarks.Load;
using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>A server in a process of its own, and from this one: steady load, clients that vanish, a model that is exchanged, and a look at the memory.</summary>
internal static class SoakRun
{
    private const int Connections = 48;
    private const int RequestsATurn = 2000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);

    /// <param name="duration">How long, after some seconds in which the server warms up.</param>
    /// <param name="progress">Told where it is.</param>
    public static SoakReport Run(TimeSpan duration, Action<string> progress)
    {
        using var model = new ExchangedModel();
        using var server = ServerProcess.Ours("--repository", model.Repository, "--poll", "1");
        using var stop = new CancellationTokenSource();
        var faults = new List<string>();
        var vanishing = new VanishingClients(server.Address);
        long answered = 0;
        var works = new[]
        {
            Keep("load", () =>
            {
                using var client = new LoadClient(server.Address, Connections);
                while (!stop.IsCancellationRequested)
                {
                    client.Run(RequestsATurn);
                    Interlocked.Add(ref answered, RequestsATurn);
                }
            }),
            Keep("vanishing clients", () => vanishing.Run(stop.Token)),
            Keep("reloads", () => model.Run(server.Address, ReloadInterval, stop.Token)),
        };

        Wait(WarmUp);
        var memory = new List<double>();
        var start = Stopwatch.GetTimestamp();
        for (var minute = 0; Stopwatch.GetElapsedTime(start) < duration && works.All(work => work.IsAlive);)
        {
            Wait(LookInterval);
            using (var process = Process.GetProcessById(server.Id)) memory.Add(process.WorkingSet64);
            if (Stopwatch.GetElapsedTime(start).TotalMinutes < minute) continue;
            progress(FormattableString.Invariant($"minute {minute++}: {Interlocked.Read(ref answered)} requests answered, {vanishing.Count} clients vanished, {model.Reloads} reloads, {memory[^1] / 1e6:f1} MB"));
        }
        stop.Cancel();
        foreach (var work in works) work.Join();

        var third = Math.Max(1, memory.Count / 3);
        var (first, last) = (new Samples(memory.Take(third)).Median, new Samples(memory.TakeLast(third)).Median);
        if (!SoakReport.IsFlat(first, last)) faults.Add(FormattableString.Invariant($"the server's memory grew from {first / 1e6:f1} to {last / 1e6:f1} MB"));
        faults.AddRange(ServerMetrics.Faults(server.Address, answered));
        if (server.Stop() is not 0 and var code) faults.Add(code is null ? "the server did not stop when told to" : $"the server ended with {code}");
        return new SoakReport(answered, vanishing.Count, model.Reloads, first, last, faults);

        void Wait(TimeSpan time) => stop.Token.WaitHandle.WaitOne(time);

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends a part of the soak is what it was to find.")]
        Thread Keep(string name, Action act)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    act();
                }
                catch (Exception exception)
                {
                    lock (faults) faults.Add($"{name}: {exception.Message}");
                }
            });
            thread.Start();
            return thread;
        }
    }
}
