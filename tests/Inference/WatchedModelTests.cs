using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

public sealed class WatchedModelTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly byte[] Pixels = TestModels.Uniform(0);

    private readonly TempFolder _folder = new();
    private int _age;

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("model.onnx");

    [Fact]
    public void A_new_file_answers_from_the_next_call_on()
    {
        Put(TestModels.Brightness());
        using var model = Predictor.Watch(Path, watch: new() { Interval = TimeSpan.Zero });
        Assert.Equal("dark", model.Run(m => m.PredictPixels(Pixels)).Top.Label);
        Assert.False(model.Check());
        Put(TestModels.Brightness(metadata: false));
        Assert.True(model.Check());
        Assert.Equal("0", model.Run(m => m.PredictPixels(Pixels)).Top.Label);
    }

    [Fact]
    public void A_call_under_way_ends_on_the_model_that_it_began_with()
    {
        Put(TestModels.Brightness());
        using var model = Predictor.Watch(Path, watch: new() { Interval = TimeSpan.Zero });
        using (var lease = model.Lease())
        {
            Put(TestModels.Brightness(metadata: false));
            Assert.True(model.Check());
            Assert.Equal("dark", lease.Model.PredictPixels(Pixels).Top.Label);
        }
        Assert.Equal("0", model.Run(m => m.PredictPixels(Pixels)).Top.Label);
    }

    [Fact]
    public void A_broken_or_absent_file_leaves_the_old_model_and_says_why_once()
    {
        var refused = new List<Exception>();
        Put(TestModels.Brightness());
        using var model = Predictor.Watch(Path, watch: new() { Interval = TimeSpan.Zero, Refused = refused.Add });
        Put("no model"u8.ToArray());
        Assert.False(model.Check());
        Assert.False(model.Check());
        Assert.Contains("model.onnx", Assert.IsType<ModelException>(Assert.Single(refused)).Message, StringComparison.Ordinal);
        File.Delete(Path);
        Assert.False(model.Check());
        Assert.Equal("dark", model.Run(m => m.PredictPixels(Pixels)).Top.Label);
        Put(TestModels.Brightness(metadata: false));
        Assert.True(model.Check());
        Assert.Single(refused);
    }

    [Fact]
    public async Task Callers_at_work_while_files_come_and_go_get_an_answer_to_every_call()
    {
        Put(TestModels.Brightness());
        using var model = Predictor.Watch(Path, watch: new() { Interval = TimeSpan.Zero });
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            var probabilities = new float[3];
            while (!stop.IsCancellationRequested)
            {
                using (var lease = model.Lease()) lease.Model.PredictPixels(Pixels, probabilities);
                Assert.Equal(TestModels.Expected(0)[0], probabilities[0], 1e-5);
                Assert.Contains((await model.RunAsync(m => m.PredictPixelsAsync(Pixels))).Top.Label, (string[])["dark", "0"]);
            }
        })).ToArray();
        for (var i = 0; i < 20; i++)
        {
            Put(TestModels.Brightness(metadata: i % 2 == 0));
            Assert.True(model.Check());
            Put([0]);
            Assert.False(model.Check());
        }
        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }

    [Fact]
    public async Task The_file_is_looked_at_from_time_to_time_through_a_link_too()
    {
        File.WriteAllBytes(_folder.File("1.onnx"), TestModels.Brightness());
        File.WriteAllBytes(_folder.File("2.onnx"), TestModels.Brightness(metadata: false));
        File.CreateSymbolicLink(Path, _folder.File("1.onnx"));
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var model = Predictor.Watch(Path, watch: new() { Interval = TimeSpan.FromMilliseconds(5), Loaded = () => loaded.TrySetResult() });
        File.CreateSymbolicLink(_folder.File("next"), _folder.File("2.onnx"));
        File.Move(_folder.File("next"), Path, overwrite: true);
        await loaded.Task.WaitAsync(Patience);
        Assert.Equal("0", model.Run(m => m.PredictPixels(Pixels)).Top.Label);
    }

    [Fact]
    public void Disposing_refuses_later_calls_and_a_file_that_never_was_is_an_error()
    {
        Assert.Throws<FileNotFoundException>(() => Predictor.Watch(Path));
        Put(TestTables.Model());
        var model = TablePredictor.Watch(Path);
        Assert.Equal(2, model.Run(m => m.Labels.Count));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Run(m => m.Labels.Count));
        Assert.False(model.Check());
    }

    [Fact]
    public void A_lease_allocates_nothing_once_warm()
    {
        Put(TestModels.Brightness());
        using var model = Predictor.Watch(Path, new() { Threads = 1 }, new() { Interval = TimeSpan.Zero });
        var probabilities = new float[3];
        for (var i = 0; i < 200; i++) Call();
        const int calls = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) Call();
        Assert.Equal(0, (GC.GetAllocatedBytesForCurrentThread() - before) / calls);

        void Call()
        {
            using var lease = model.Lease();
            lease.Model.PredictPixels(Pixels, probabilities);
        }
    }

    /// <summary>By a rename, with a time of its own, so that no clock's step matters.</summary>
    private void Put(byte[] model)
    {
        var next = _folder.File("next.onnx");
        File.WriteAllBytes(next, model);
        File.SetLastWriteTimeUtc(next, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(++_age));
        File.Move(next, Path, overwrite: true);
    }
}
