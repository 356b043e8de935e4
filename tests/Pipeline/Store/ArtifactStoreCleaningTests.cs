using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store;

/// <summary>What is removed from a store because nobody needs it any more, and what is not.</summary>
public sealed class ArtifactStoreCleaningTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly ArtifactStore _store;

    public ArtifactStoreCleaningTests() => _store = new ArtifactStore(_folder.File("store"), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Claims_that_nobody_has_taken_for_long_go_and_those_that_are_held_stay()
    {
        var key = Identities.Publish(_store, Identities.Of(), ("a", [1])).Key;
        var claims = Path.Combine(_store.Root, "claims");
        Directory.CreateDirectory(Path.Combine(_store.Root, "locks"));
        _time.Now = DateTimeOffset.UtcNow.AddHours(20);
        Assert.Equal(0, _store.RemoveStaleClaims(TimeSpan.Zero));
        _time.Now = DateTimeOffset.UtcNow.AddDays(2);
        using (_store.Claim(key, _ => { }, CancellationToken.None)) Assert.Equal(0, _store.RemoveStaleClaims(TimeSpan.Zero));
        Assert.Equal(0, _store.RemoveStaleClaims(TimeSpan.FromDays(3)));
        Assert.Equal(1, _store.RemoveStaleClaims(TimeSpan.Zero));
        Assert.Empty(Directory.EnumerateFileSystemEntries(claims));
        Assert.False(Directory.Exists(Path.Combine(_store.Root, "locks")));
        using var held = _store.Claim(key, _ => { }, CancellationToken.None);
        Assert.False(held.IsLost());
    }

    [Fact]
    public void Leftovers_go_when_their_owner_is_dead_and_stay_while_it_lives()
    {
        var key = Identities.Of().ComputeKey();
        var staging = Path.Combine(_store.Root, "staging", key.ToString());
        Directory.CreateDirectory(staging);
        Directory.CreateDirectory(staging + ".another");
        using (_store.Claim(key, _ => { }, CancellationToken.None))
        {
            _store.RemoveLeftovers();
            Assert.True(Directory.Exists(staging));
        }
        _store.RemoveLeftovers();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "staging")));
    }

    [Fact]
    public async Task Cleaning_up_does_not_trip_over_what_is_published_meanwhile()
    {
        for (var round = 0; round < 10; round++)
        {
            // Enough dead leftovers that the live one, somewhere among them, is published after it was listed.
            for (var i = 0; i < 200; i++) Directory.CreateDirectory(Path.Combine(_store.Root, "staging", Identities.Of($"dead {i}").ComputeKey().ToString()));
            var identity = Identities.Of($"live {round}");
            Task cleaning;
            using (_store.Claim(identity.ComputeKey(), _ => { }, CancellationToken.None))
            {
                using var writer = _store.Begin(identity.ComputeKey());
                File.WriteAllText(Path.Combine(writer.Output, "a"), "a");
                cleaning = Task.Run(_store.RemoveLeftovers);
                _store.Publish(writer, identity, default);
            }
            await cleaning;
            Assert.NotNull(_store.Find(identity.ComputeKey()).Artifact);
        }
    }

    [Fact]
    public void Work_is_kept_until_it_is_old()
    {
        var work = Path.Combine(_store.Root, "work", Identities.Of().ComputeKey().ToString());
        Directory.CreateDirectory(work);
        Directory.SetLastWriteTimeUtc(work, _time.Now.UtcDateTime.AddDays(-3));
        Assert.Equal(0, _store.RemoveStaleWork(TimeSpan.FromDays(7)));
        Assert.Equal(1, _store.RemoveStaleWork(TimeSpan.FromDays(2)));
    }
}
