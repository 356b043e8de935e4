using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store;

public sealed class ArtifactStoreTests : IDisposable
{
    private const int Large = 16 << 20;
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly ArtifactStore _store;

    public ArtifactStoreTests() => _store = new ArtifactStore(_folder.File("store"), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_published_artifact_is_found_with_all_it_holds()
    {
        var identity = Identities.Of();
        var published = Identities.Publish(_store, identity, ("weights.bin", [1, 2, 3]), ("sub/notes.txt", [4]), ("empty", []));
        var found = _store.Find(published.Key).Artifact;
        Assert.NotNull(found);
        Assert.Equal(["empty", "sub/notes.txt", "weights.bin"], found.Manifest.Files.Select(f => f.Path));
        Assert.Equal(published.Hash, found.Hash);
        Assert.Equal(4, found.Manifest.Bytes);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(found.Folder, "weights.bin")));
        Assert.Equal(Path.Combine(_store.Root, "stages", identity.ComputeKey().ToString()), found.Folder);
        Assert.Equal([published.Key], _store.Keys);
    }

    [Fact]
    public void The_content_hash_is_over_paths_sizes_and_hashes()
    {
        // printf 'a\0003\0%s\n' "$(printf abc | sha256sum | cut -d' ' -f1)" | sha256sum
        ArtifactFile[] files = [new("a", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")];
        Assert.Equal("93f2b2ea74607e6059969076acddf61a2da1531ff1d0ad1e1196bb181d5e207e", ArtifactManifest.HashOf(files));
        Assert.NotEqual(ArtifactManifest.HashOf(files), ArtifactManifest.HashOf([files[0] with { Path = "b" }]));
    }

    [Fact]
    public void An_absent_key_is_neither_found_nor_damaged() => Assert.Equal(default, _store.Find(Identities.Of().ComputeKey()));

    public static TheoryData<string, string> Injuries => new()
    {
        { "flip", "the file 'weights.bin' has the SHA-256" },
        { "flip, old time", "the file 'weights.bin' has the SHA-256" },
        { "truncate", "the file 'weights.bin' has 2 bytes, not 3" },
        { "append", "the file 'weights.bin' has 4 bytes, not 3" },
        { "delete", "the file 'weights.bin' is missing" },
        { "no manifest", "manifest.json is missing or does not read" },
        { "manifest cut", "manifest.json is missing or does not read" },
        { "manifest null", "manifest.json is missing or does not read" },
        { "manifest of another", "belongs to another key" },
        { "hash forged", "was altered" },
        { "file outside", "names a file outside" },
    };

    [Theory]
    [MemberData(nameof(Injuries))]
    public void Every_injury_is_noticed_and_named(string injury, string expected)
    {
        var artifact = Identities.Publish(_store, Identities.Of(), ("weights.bin", [1, 2, 3]));
        var file = Path.Combine(artifact.Folder, "weights.bin");
        var manifest = Path.Combine(artifact.Folder, ArtifactManifest.FileName);
        var modified = File.GetLastWriteTimeUtc(file);
        switch (injury)
        {
            case "flip" or "flip, old time": File.WriteAllBytes(file, [1, 2, 2]); break;
            case "truncate": File.WriteAllBytes(file, [1, 2]); break;
            case "append": File.WriteAllBytes(file, [1, 2, 3, 4]); break;
            case "delete": File.Delete(file); break;
            case "no manifest": File.Delete(manifest); break;
            case "manifest cut": File.WriteAllText(manifest, File.ReadAllText(manifest)[..100]); break;
            case "manifest null": File.WriteAllText(manifest, "null"); break;
            case "manifest of another": File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("ort 1.29.0", "ort 1.30.0")); break;
            case "hash forged": File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"size\": 3", "\"size\": 4")); break;
            default:
                ArtifactFile[] outside = [new("../../x", 0, new string('0', 64))];
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("weights.bin", "../../x").Replace(artifact.Manifest.Files[0].Sha256, outside[0].Sha256).Replace("\"size\": 3", "\"size\": 0").Replace(artifact.Hash, ArtifactManifest.HashOf(outside)));
                break;
        }
        if (injury == "flip, old time") File.SetLastWriteTimeUtc(file, modified);
        var lookup = _store.Find(artifact.Key);
        Assert.Null(lookup.Artifact);
        Assert.Contains(expected, lookup.Damage);
    }

    [Fact]
    public void A_large_file_is_trusted_by_size_and_time_once_hashed_but_not_by_a_thorough_check()
    {
        var artifact = Identities.Publish(_store, Identities.Of(), ("big.bin", new byte[Large]));
        var file = Path.Combine(artifact.Folder, "big.bin");
        var modified = _time.Now.UtcDateTime.AddMinutes(-1);
        File.SetLastWriteTimeUtc(file, modified);
        Assert.NotNull(_store.Find(artifact.Key).Artifact);

        FlipByte(file);
        Assert.Contains("SHA-256", _store.Find(artifact.Key).Damage);
        File.SetLastWriteTimeUtc(file, modified);
        Assert.NotNull(_store.Find(artifact.Key).Artifact);
        Assert.Contains("'big.bin' has the SHA-256", _store.Find(artifact.Key, thorough: true).Damage);
    }

    [Fact]
    public void A_large_file_changed_right_before_it_was_hashed_is_hashed_again()
    {
        var artifact = Identities.Publish(_store, Identities.Of(), ("big.bin", new byte[Large]));
        var file = Path.Combine(artifact.Folder, "big.bin");
        File.SetLastWriteTimeUtc(file, _time.Now.UtcDateTime);
        Assert.NotNull(_store.Find(artifact.Key).Artifact);
        FlipByte(file);
        File.SetLastWriteTimeUtc(file, _time.Now.UtcDateTime);
        Assert.NotNull(_store.Find(artifact.Key).Damage);
    }

    [Fact]
    public void An_unreadable_record_of_verification_only_costs_hashing()
    {
        var artifact = Identities.Publish(_store, Identities.Of(), ("big.bin", new byte[Large]));
        Directory.CreateDirectory(Path.Combine(_store.Root, "verified"));
        File.WriteAllText(Path.Combine(_store.Root, "verified", $"{artifact.Key}.json"), "{");
        Assert.NotNull(_store.Find(artifact.Key).Artifact);
    }

    [Fact]
    public void What_is_not_published_is_not_there_and_keeps_only_its_work()
    {
        var key = Identities.Of().ComputeKey();
        using (_store.Claim(key, _ => { }, CancellationToken.None))
        {
            using var writer = _store.Begin(key);
            File.WriteAllText(Path.Combine(writer.Output, "half"), "x");
            File.WriteAllText(Path.Combine(writer.Work, "checkpoint"), "7");
        }
        Assert.Equal(default, _store.Find(key));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "staging")));

        using var again = _store.Begin(key);
        Assert.Equal("7", File.ReadAllText(Path.Combine(again.Work, "checkpoint")));
        using var fresh = _store.Begin(key, fresh: true);
        Assert.Empty(Directory.EnumerateFileSystemEntries(fresh.Work));
    }

    [Fact]
    public void Publishing_replaces_a_damaged_artifact_and_removes_the_work_folder()
    {
        var first = Identities.Publish(_store, Identities.Of(), ("a", [1]));
        File.Delete(Path.Combine(first.Folder, "a"));
        var second = Identities.Publish(_store, Identities.Of(), ("a", [1]));
        Assert.Equal(second.Hash, _store.Find(first.Key).Artifact!.Hash);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "work")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "staging")));
    }

    [Fact]
    public void Of_two_makers_at_once_the_later_one_takes_what_the_other_published()
    {
        var identity = Identities.Of();
        using var first = _store.Begin(identity.ComputeKey());
        using var second = _store.Begin(identity.ComputeKey());
        foreach (var (writer, text) in new[] { (first, "first"), (second, "second") })
        {
            File.WriteAllText(Path.Combine(writer.Output, "a"), text);
            File.WriteAllText(Path.Combine(writer.Output, $"only-{text}"), text);
        }
        var published = _store.Publish(second, identity, default);
        Assert.Equal(published.Hash, _store.Publish(first, identity, default).Hash);
        first.Dispose();
        Assert.Equal(["a", "only-second"], _store.Find(published.Key, thorough: true).Artifact!.Manifest.Files.Select(f => f.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "work")));
    }

    [Fact]
    public void What_is_made_anew_replaces_an_intact_artifact()
    {
        var old = Identities.Publish(_store, Identities.Of(), ("a", [1]));
        using var writer = _store.Begin(old.Key, fresh: true);
        File.WriteAllBytes(Path.Combine(writer.Output, "a"), [2]);
        Assert.NotEqual(old.Hash, _store.Publish(writer, Identities.Of(), default).Hash);
        Assert.NotEqual(old.Hash, _store.Find(old.Key).Artifact!.Hash);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_store.Root, "staging")));
    }

    [Fact]
    public void Makers_that_publish_at_the_same_time_leave_one_intact_artifact()
    {
        var identity = Identities.Of();
        for (var round = 0; round < 100; round++)
        {
            Parallel.For(0, 4, maker =>
            {
                using var writer = _store.Begin(identity.ComputeKey(), fresh: maker % 2 == 0);
                File.WriteAllText(Path.Combine(writer.Output, $"by-{maker}"), "x");
                _store.Publish(writer, identity, default);
            });
            Assert.Single(_store.Find(identity.ComputeKey(), thorough: true).Artifact!.Manifest.Files);
        }
    }

    [Fact]
    public void Who_takes_over_takes_the_work_folder_away_from_the_one_before()
    {
        var key = Identities.Of().ComputeKey();
        using var late = _store.Begin(key);
        File.WriteAllText(Path.Combine(late.Work, "checkpoint"), "7");
        using var next = _store.Begin(key);
        Assert.Equal("7", File.ReadAllText(Path.Combine(next.Work, "checkpoint")));
        Assert.Throws<DirectoryNotFoundException>(() => File.WriteAllText(Path.Combine(late.Work, "checkpoint"), "8"));
    }

    [Fact]
    public void Who_has_lost_its_claim_leaves_the_work_folder_of_the_next_alone()
    {
        var key = Identities.Of().ComputeKey();
        using var late = _store.Claim(key, _ => { }, CancellationToken.None);
        File.WriteAllText(Path.Combine(_store.Root, "claims", $"{key}", "2"), "another's");
        using var next = _store.Begin(key);
        Assert.Throws<OperationCanceledException>(() => _store.Begin(key, held: late));
        Assert.True(Directory.Exists(next.Work));
    }

    [Fact]
    public void Outputs_that_cannot_be_stored_are_refused_by_name()
    {
        Assert.Contains("no file", Assert.Throws<StoreException>(() => Identities.Publish(_store, Identities.Of())).Message);
        Assert.Contains("'manifest.json'", Assert.Throws<StoreException>(() => Identities.Publish(_store, Identities.Of(), ("manifest.json", [1]))).Message);

        var key = Identities.Of().ComputeKey();
        using var writer = _store.Begin(key);
        File.CreateSymbolicLink(Path.Combine(writer.Output, "link"), "/etc/hostname");
        Assert.Contains("the link 'link'", Assert.Throws<StoreException>(() => _store.Publish(writer, Identities.Of(), default)).Message);
        Assert.Equal(default, _store.Find(key));
    }

    private static void FlipByte(string path)
    {
        using var stream = new FileStream(path, FileMode.Open);
        stream.Position = stream.Length / 2;
        stream.WriteByte(1);
    }
}
