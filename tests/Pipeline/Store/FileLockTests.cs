using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Tests.Store;

public sealed class FileLockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("locks/a.lock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_holds_it_at_a_time()
    {
        using (FileLock.TryTake(Path, TimeProvider.System)) Assert.Null(FileLock.TryTake(Path, TimeProvider.System));
        using var next = FileLock.TryTake(Path, TimeProvider.System);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task The_second_is_told_once_for_whom_it_waits_and_then_has_it()
    {
        var told = new List<string>();
        var holder = FileLock.TryTake(Path, TimeProvider.System)!;
        var second = Task.Run(() => FileLock.Take(Path, TimeProvider.System, told.Add, CancellationToken.None));
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        holder.Dispose();
        using var taken = await second.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.StartsWith($"process {Environment.ProcessId} on {Environment.MachineName}", Assert.Single(told));
    }

    [Fact]
    public void Waiting_ends_when_the_run_is_cancelled()
    {
        using var holder = FileLock.TryTake(Path, TimeProvider.System);
        using var source = new CancellationTokenSource(100);
        Assert.Throws<OperationCanceledException>(() => FileLock.Take(Path, TimeProvider.System, _ => { }, source.Token));
    }

    [Fact]
    public void Threads_that_race_for_it_never_overlap()
    {
        var inside = 0;
        var worst = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using var held = FileLock.Take(Path, TimeProvider.System, _ => { }, CancellationToken.None);
            worst = Math.Max(worst, Interlocked.Increment(ref inside));
            Thread.Sleep(2);
            Interlocked.Decrement(ref inside);
        });
        Assert.Equal(1, worst);
    }
}
