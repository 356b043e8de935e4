using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks;

/// <summary>One subject's measurements: seconds for a step, a sample a round.</summary>
internal sealed record Measurement(string Subject, Samples SecondsPerStep);

/// <summary>A benchmark's outcome.</summary>
/// <param name="Peers">Empty when the peer is absent; <paramref name="PeerAbsent"/> says why.</param>
internal sealed record Comparison(Benchmark Benchmark, Measurement Ours, IReadOnlyList<Measurement> Peers, string? PeerAbsent)
{
    /// <summary>The fair peer: the fastest of its settings.</summary>
    public Measurement? Peer => Peers.MinBy(p => p.SecondsPerStep.Median);

    /// <summary>The peer's median time over ours: above 1, we are that many times as fast.</summary>
    public double? Ratio => Peer is { } peer ? peer.SecondsPerStep.Median / Ours.SecondsPerStep.Median : null;
}

/// <summary>Measures all sides in rounds that alternate, so that whatever else the machine does falls on all alike.</summary>
internal static class BenchmarkRunner
{
    public static Comparison Run(Benchmark benchmark, int rounds, Action<string> progress)
    {
        var subjects = new List<IBenchmarkSubject>();
        string? absent = null;
        try
        {
            progress($"{benchmark.Name}: starting");
            subjects.Add(benchmark.Ours());
            try
            {
                foreach (var open in benchmark.Peers) subjects.Add(open());
            }
            catch (PeerException exception)
            {
                absent = exception.Message;
            }

            if (benchmark.Peers.Count == 0) absent = "There is no peer for this one.";
            var seconds = subjects.ConvertAll(_ => new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                progress($"{benchmark.Name}: round {round + 1} of {rounds}");
                for (var turn = 0; turn < subjects.Count; turn++)
                {
                    var subject = (round + turn) % subjects.Count;
                    seconds[subject].Add(subjects[subject].Run(benchmark.StepsPerRound) / benchmark.StepsPerRound);
                }
            }
            var measurements = subjects.Zip(seconds, (subject, samples) => new Measurement(subject.Name, new Samples(samples))).ToArray();
            return new Comparison(benchmark, measurements[0], measurements[1..], absent);
        }
        finally
        {
            foreach (var subject in subjects) subject.Dispose();
        }
    }
}
