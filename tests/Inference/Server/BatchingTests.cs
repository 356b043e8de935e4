using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class BatchingTests
{
    private static readonly BatchingOptions Options = new() { MaxBatch = 4, MaxQueue = 3, MaxWait = TimeSpan.FromSeconds(90) };

    private readonly ModelStatistics _statistics = new(TimeProvider.System);

    [Fact]
    public async Task Requests_that_come_while_a_run_goes_on_share_the_next()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options, new Turns(1), _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = queue.RunAsync(first, null, default);
        first.WaitUntilRunning();
        FakeWork[] others = [new(log), new(log), new(log, joins: false)];
        var waiting = others.Select(work => queue.RunAsync(work, null, default)).ToArray();
        first.Release();
        await Task.WhenAll([running, .. waiting]).WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([1, 2, 1], log);
    }

    [Fact]
    public async Task A_batch_is_no_larger_than_allowed_and_a_larger_request_runs_alone()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options with { MaxQueue = 10 }, new Turns(1), _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = queue.RunAsync(first, null, default);
        first.WaitUntilRunning();
        int[] samples = [3, 2, 1, 9, 1];
        var waiting = samples.Select(n => queue.RunAsync(new FakeWork(log, samples: n), null, default)).ToArray();
        first.Release();
        await Task.WhenAll([running, .. waiting]).WaitAsync(TimeSpan.FromSeconds(90));
        // 3 with the 1 that fits, then 2 with the last 1, then the 9 that nothing fits with.
        Assert.Equal([1, 4, 3, 9], log);
    }

    [Fact]
    public async Task A_full_queue_refuses_with_503_and_room_is_made_by_those_who_leave()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options, new Turns(1), _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = queue.RunAsync(first, null, default);
        first.WaitUntilRunning();
        using var gone = new CancellationTokenSource();
        var leaving = queue.RunAsync(new FakeWork(log), null, gone.Token);
        var waiting = Enumerable.Range(0, 2).Select(_ => queue.RunAsync(new FakeWork(log), null, default)).ToArray();
        var refused = await Assert.ThrowsAsync<RequestException>(() => queue.RunAsync(new FakeWork(log), null, default));
        Assert.Equal((503, TimeSpan.FromSeconds(1)), (refused.Status, refused.RetryAfter));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(2, queue.Length);
        var late = queue.RunAsync(new FakeWork(log), null, default);
        first.Release();
        await Task.WhenAll([running, late, .. waiting]).WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([1, 3], log);
    }

    [Fact]
    public async Task A_request_that_has_waited_too_long_is_refused_with_503()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options, new Turns(1), _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = queue.RunAsync(first, TimeSpan.FromMilliseconds(1), default);
        first.WaitUntilRunning();
        var refused = await Assert.ThrowsAsync<RequestException>(() => queue.RunAsync(new FakeWork(log), TimeSpan.FromMilliseconds(20), default));
        Assert.Equal(503, refused.Status);
        Assert.Equal(0, queue.Length);
        first.Release();
        await running.WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([1], log);
    }

    [Fact]
    public async Task A_run_that_fails_fails_only_the_request_that_it_is_due_to()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options, new Turns(1), _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = queue.RunAsync(first, null, default);
        first.WaitUntilRunning();
        var good = queue.RunAsync(new FakeWork(log), null, default);
        var bad = queue.RunAsync(new FakeWork(log, fails: true), null, default);
        first.Release();
        await Task.WhenAll(running, good).WaitAsync(TimeSpan.FromSeconds(90));
        await Assert.ThrowsAsync<FormatException>(() => bad);
    }

    [Fact]
    public async Task Models_take_turns_however_many_requests_one_of_them_has()
    {
        var log = new List<int>();
        var turns = new Turns(1);
        var busy = new WorkQueue("busy", Options with { MaxQueue = 100 }, turns, _statistics);
        var quiet = new WorkQueue("quiet", Options, turns, _statistics);
        using var first = new FakeWork(log, blocks: true);
        var running = busy.RunAsync(first, null, default);
        first.WaitUntilRunning();
        var many = Enumerable.Range(0, 20).Select(_ => busy.RunAsync(new FakeWork(log, joins: false), null, default)).ToArray();
        var few = quiet.RunAsync(new FakeWork(log, samples: 2), null, default);
        // The quiet model asks for its turn on another thread.
        await Task.Delay(100);
        first.Release();
        await Task.WhenAll([running, few, .. many]).WaitAsync(TimeSpan.FromSeconds(90));
        Assert.InRange(log.IndexOf(2), 1, 3);
    }

    [Fact]
    public async Task A_delay_lets_requests_meet_and_a_full_batch_does_not_wait()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options with { MaxQueue = 10, MaxDelay = TimeSpan.FromSeconds(90) }, new Turns(1), _statistics);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => queue.RunAsync(new FakeWork(log), null, default))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([4], log);
    }

    [Fact]
    public async Task A_quick_model_runs_several_batches_at_once_and_no_more_than_it_may()
    {
        var log = new List<int>();
        var queue = new WorkQueue("m", Options with { MaxQueue = 10 }, new Turns(3), _statistics, runs: 2);
        using var first = new FakeWork(log, blocks: true);
        using var second = new FakeWork(log, blocks: true, joins: false);
        var running = new[] { queue.RunAsync(first, null, default) };
        first.WaitUntilRunning();
        running = [.. running, queue.RunAsync(second, null, default)];
        second.WaitUntilRunning();
        var waiting = Enumerable.Range(0, 3).Select(_ => queue.RunAsync(new FakeWork(log), null, default)).ToArray();
        Assert.Equal(3, queue.Length);
        first.Release();
        await Task.WhenAll([running[0], .. waiting]).WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([1, 3], log);
        second.Release();
        await running[1].WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([1, 3, 1], log);
    }

    [Fact]
    public void Only_a_model_that_answers_the_made_up_samples_can_be_quick()
    {
        // Whether a model is quick is a matter of time; that one is not which cannot be tried is none.
        using var encoded = ModelSession.Open(TestModels.Encoded());
        Assert.False(ModelTrial.IsQuick(encoded));
        var graph = new Graph("picky");
        graph.Inputs.Add(new Value("x", ElementType.Float, "n", "m"));
        graph.Outputs.Add(new Value("y", ElementType.Float, 7));
        graph.Initializers.Add(Initializer.Create<long>("shape", [7L], 1));
        graph.Nodes.Add(new Node("Reshape", ["x", "shape"], ["y"]));
        using var picky = ModelSession.Open(new Model(graph).ToBytes());
        Assert.False(ModelTrial.IsQuick(picky));
    }

    [Fact]
    public void A_model_whose_answers_hang_together_is_not_batched()
    {
        using var free = ModelSession.Open(TestModels.Brightness());
        Assert.Null(ModelTrial.WhyNotBatched(free));
        using var @fixed = ModelSession.Open(TestModels.Brightness(batch: 1));
        Assert.Contains("not free", ModelTrial.WhyNotBatched(@fixed));
        using var encoded = ModelSession.Open(TestModels.Encoded());
        Assert.Contains("image file", ModelTrial.WhyNotBatched(encoded));
        using var table = ModelSession.Open(TestTables.Model());
        Assert.Null(ModelTrial.WhyNotBatched(table));

        // The softmax runs over the first axis, which is therefore none of a batch.
        var graph = new Graph("across");
        graph.Inputs.Add(new Value("x", ElementType.Float, "n", 3));
        graph.Outputs.Add(new Value("y", ElementType.Float, "n", 3));
        graph.Nodes.Add(new Node("Softmax", ["x"], ["y"]).Set("axis", 0));
        using var across = ModelSession.Open(new Model(graph).ToBytes());
        Assert.Contains("depends on the others", ModelTrial.WhyNotBatched(across));
    }

    [Fact]
    public async Task Requests_together_get_what_each_gets_alone()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { Batching = new() { MaxBatch = 4, MaxDelay = TimeSpan.FromMilliseconds(5) } });
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (i, _) =>
        {
            // One to six samples: joined with others, and more than one run holds.
            var count = 1 + (i % 6);
            var data = $"[{string.Join(',', Enumerable.Range(0, count).SelectMany(s => Enumerable.Repeat(i * 4 % 256 / (s + 1), 784)))}]";
            var (status, body) = await served.PostAsync("/v2/models/m/infer", InferTests.Request(data, $"[{count},1,28,28]"));
            Assert.Equal(200, status);
            var output = body.GetProperty("outputs")[0];
            Assert.Equal($"[{count},3]", output.GetProperty("shape").GetRawText());
            var expected = Enumerable.Range(0, count).SelectMany(s => TestModels.Expected(i * 4 % 256 / (s + 1) / 255.0));
            Assert.All(output.GetProperty("data").EnumerateArray().Select(e => e.GetSingle()).Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-5));
        });
        var stats = (await served.GetAsync("/v2/models/stats")).Body.GetProperty("model_stats")[0];
        Assert.Equal(Enumerable.Range(0, 60).Sum(i => 1 + (i % 6)), stats.GetProperty("inference_count").GetInt32());
        Assert.All(stats.GetProperty("batch_stats").EnumerateArray(), b => Assert.InRange(b.GetProperty("batch_size").GetInt32(), 1, 4));
    }

    [Fact]
    public void Options_out_of_their_range_are_refused()
    {
        foreach (var (options, name) in ((BatchingOptions, string)[])[(new() { MaxBatch = 0 }, "MaxBatch"), (new() { MaxQueue = 0 }, "MaxQueue"), (new() { ConcurrentModels = 0 }, "ConcurrentModels"), (new() { MaxWait = TimeSpan.Zero }, "MaxWait"), (new() { MaxDelay = TimeSpan.FromHours(1) }, "MaxDelay")])
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => ServerApp.Build(new ServerOptions { Models = [new("m", "m.onnx")], Batching = options })).Message);
    }

    [Fact]
    public async Task Images_share_runs_too()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { Batching = new() { MaxBatch = 8, MaxDelay = TimeSpan.FromMilliseconds(50) } });
        var labels = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var response = await served.Client.PostAsync("/predict", new ByteArrayContent(TestModels.UniformPng((byte)(i % 2 * 255))));
            return System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("label").GetString();
        }));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? "dark" : "bright"), labels);
        Assert.True((await served.GetAsync("/v2/models/m/stats")).Body.GetProperty("model_stats")[0].GetProperty("execution_count").GetInt32() < 16);
    }

    /// <summary>Writes the samples of its runs into a log; it can wait while it runs.</summary>
    private sealed class FakeWork(List<int> log, bool joins = true, int samples = 1, bool blocks = false, bool fails = false) : Work, IDisposable
    {
        private readonly ManualResetEventSlim _running = new(), _release = new(!blocks);

        public override int Samples => samples;

        public override bool JoinsWith(Work other) => joins && other is FakeWork { Joins: true };

        private bool Joins => joins;

        private bool Fails => fails;

        public override void Run(IReadOnlyList<Work> batch)
        {
            _running.Set();
            Assert.True(_release.Wait(TimeSpan.FromSeconds(90)));
            if (batch.Any(work => ((FakeWork)work).Fails)) throw new FormatException("bad");
            log.Add(batch.Sum(work => work.Samples));
        }

        public void WaitUntilRunning() => Assert.True(_running.Wait(TimeSpan.FromSeconds(90)));

        public void Release() => _release.Set();

        public void Dispose()
        {
            _running.Dispose();
            _release.Dispose();
        }
    }
}
