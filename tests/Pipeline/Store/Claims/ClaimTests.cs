using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

public sealed class ClaimTests : IDisposable
{
    private static readonly ClaimOptions Usual = new();

    /// <summary>A machine that nothing but its beats is known of, and a lease that tests can wait for.</summary>
    private static readonly ClaimOptions Elsewhere = new() { Owner = ClaimOwner.ThisProcess with { Host = "elsewhere" }, Lease = TimeSpan.FromMilliseconds(300) };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("claims/a");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_holds_it_at_a_time()
    {
        using (TryTake()) Assert.Null(TryTake());
        using var next = TryTake();
        Assert.NotNull(next);
    }

    [Fact]
    public async Task The_second_is_told_once_for_whom_it_waits_and_then_has_it()
    {
        var told = new List<string>();
        var holder = TryTake()!;
        var second = Task.Run(() => Claim.Take(Path, Usual, TimeProvider.System, told.Add, CancellationToken.None));
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        holder.Dispose();
        using var taken = await second.WaitAsync(Patience);
        Assert.StartsWith($"process {Environment.ProcessId} on {Environment.MachineName}, since 2", Assert.Single(told));
    }

    [Fact]
    public void Waiting_ends_when_the_run_is_cancelled()
    {
        using var holder = TryTake();
        using var source = new CancellationTokenSource(100);
        Assert.Throws<OperationCanceledException>(() => Claim.Take(Path, Usual, TimeProvider.System, _ => { }, source.Token));
    }

    [Fact]
    public void Threads_that_race_for_it_never_overlap()
    {
        var inside = 0;
        var worst = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using var held = Claim.Take(Path, Usual, TimeProvider.System, _ => { }, CancellationToken.None);
            worst = Math.Max(worst, Interlocked.Increment(ref inside));
            Thread.Sleep(2);
            Interlocked.Decrement(ref inside);
        });
        Assert.Equal(1, worst);
    }

    [Fact]
    public void Numbers_go_up_and_only_the_last_file_is_kept()
    {
        for (var i = 0; i < 3; i++) TryTake()!.Dispose();
        var file = Assert.Single(Directory.GetFiles(Path));
        Assert.Equal("3", System.IO.Path.GetFileName(file));
        Assert.Equal(ClaimState.Free, ClaimRecord.Parse(File.ReadAllText(file))!.State);
    }

    [Fact]
    public void A_claim_of_a_process_of_this_machine_that_is_gone_is_free_at_once()
    {
        Write(1, Usual.Owner with { Started = Usual.Owner.Started + 1 });
        using var held = TryTake();
        Assert.NotNull(held);
        Assert.Equal(["2"], Directory.GetFiles(Path).Select(f => System.IO.Path.GetFileName(f)));
    }

    [Theory]
    [InlineData("a dead machine's claim")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"token\":")]
    public void A_claim_that_shows_no_life_is_taken_over_after_a_lease_and_not_before(string text)
    {
        if (text.StartsWith('a')) Write(1, Elsewhere.Owner with { Host = "dead" });
        else Write(1, text);
        Assert.Null(TryTake());
        var told = "";
        using var taken = Claim.Take(Path, Elsewhere, TimeProvider.System, owner => told = owner, CancellationToken.None);
        Assert.StartsWith(text.StartsWith('a') ? "process" : "another process", told);
    }

    [Fact]
    public async Task An_owner_shows_that_it_lives()
    {
        using var held = Claim.TryTake(Path, Elsewhere, TimeProvider.System);
        await Until(() => Read(1)?.Beat >= 3);
        Assert.Null(TryTake());
    }

    [Fact]
    public async Task An_owner_that_was_overtaken_hears_of_it_and_leaves_the_claim_alone()
    {
        using var held = Claim.TryTake(Path, Elsewhere, TimeProvider.System)!;
        Assert.False(held.IsLost());
        Write(2, Usual.Owner);
        await Until(() => held.Lost.IsCancellationRequested);
        held.Dispose();
        Assert.Equal(ClaimState.Held, Read(2)!.State);
        Assert.Null(TryTake());
    }

    [Fact]
    public void Who_looks_after_its_claim_learns_at_once_that_another_has_it()
    {
        using var held = TryTake()!;
        Write(2, Elsewhere.Owner);
        Assert.True(held.IsLost());
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public void A_folder_that_was_removed_means_a_lost_claim_and_does_not_come_back()
    {
        using (var held = TryTake()!)
        {
            Directory.Delete(Path, recursive: true);
            Assert.True(held.IsLost());
        }
        Assert.False(Directory.Exists(Path));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(10, patience.Token);
    }

    private Claim? TryTake() => Claim.TryTake(Path, Usual, TimeProvider.System);

    private ClaimRecord? Read(int number) => ClaimRecord.Parse(File.ReadAllText(System.IO.Path.Combine(Path, $"{number}")));

    private void Write(int number, ClaimOwner owner) => Write(number, new ClaimRecord("t", owner, DateTimeOffset.UtcNow, ClaimState.Held, 7).ToText());

    private void Write(int number, string text)
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, $"{number}"), text);
    }
}
