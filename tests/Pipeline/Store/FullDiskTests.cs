using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store;

public sealed class FullDiskTests
{
    [TmpfsFact]
    public void A_full_disk_is_named_with_its_free_bytes_and_nothing_is_half_published()
    {
        using var disk = new Tmpfs(256);
        var store = new ArtifactStore(Path.Combine(disk.Path, "store"));
        var kept = Identities.Publish(store, Identities.Of("data"), ("small", [1]));

        var key = Identities.Of().ComputeKey();
        using (var writer = store.Begin(key))
        {
            var failure = Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(writer.Output, "big"), new byte[1 << 20]));
            var explained = StoreException.Explain(failure, store.Root);
            Assert.Contains($"The disk is full below '{store.Root}'", explained!.Message);
            Assert.Matches("[0-9]+ bytes are free", explained.Message);
        }
        Assert.Equal(default, store.Find(key));
        Assert.NotNull(store.Find(kept.Key).Artifact);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "staging")));
        Assert.NotNull(Identities.Publish(store, Identities.Of(), ("small", [2])));
    }

    [TmpfsFact]
    public void A_full_disk_has_room_for_no_claim_and_is_freed_all_the_same()
    {
        using var disk = new Tmpfs(512);
        var store = new ArtifactStore(Path.Combine(disk.Path, "store"));
        var artifact = Identities.Publish(store, Identities.Of(), ("big", new byte[100_000]));
        Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(disk.Path, "rest"), new byte[1 << 20]));
        Assert.Contains("The disk is full", Assert.Throws<StoreException>(() => store.Claim(artifact.Key, _ => { }, CancellationToken.None)).Message);
        Assert.True(store.Remove(artifact.Key));
        Assert.Equal(default, store.Find(artifact.Key));
        using var held = store.Claim(artifact.Key, _ => { }, CancellationToken.None);
        Assert.False(held.IsLost());
    }

    [TmpfsFact]
    public void A_read_only_store_is_read_and_says_so_when_written_to()
    {
        using var disk = new Tmpfs(64 << 10);
        var store = new ArtifactStore(Path.Combine(disk.Path, "store"));
        var artifact = Identities.Publish(store, Identities.Of(), ("big", new byte[17 << 20]));
        disk.MakeReadOnly();

        var found = store.Find(artifact.Key).Artifact;
        Assert.NotNull(found);
        store.Touch(found);
        var error = Assert.Throws<StoreException>(() => store.Claim(Identities.Of("other").ComputeKey(), _ => { }, CancellationToken.None));
        Assert.Contains($"Cannot write below '{store.Root}'", error.Message);
        Assert.Contains("read-only", error.Message);
        Assert.Contains("--artifacts", error.Message);
    }
}
