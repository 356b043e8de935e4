using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote;

public sealed class RemoteStoreTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ObjectServer _server = null!;
    private RemoteObjects _objects = null!;
    private RemoteStore _remote = null!;
    private ArtifactStore _here = null!;
    private ArtifactStore _there = null!;

    public async Task InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _objects = Remotes.Open(_server.Address);
        _remote = new RemoteStore(_objects);
        (_here, _there) = (new ArtifactStore(_folder.File("here")), new ArtifactStore(_folder.File("there")));
    }

    public async Task DisposeAsync()
    {
        _objects.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Contents_go_by_their_hash_and_the_manifest_goes_last()
    {
        var artifact = Identities.Publish(_here, Identities.Of(), ("a.bin", [1, 2, 3]), ("sub/same.bin", [1, 2, 3]), ("empty", []));
        Assert.Equal(new Transfer(2, 3), await _remote.PushAsync(artifact, anew: false, default));
        var hash = Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]));
        Assert.Equal([1, 2, 3], _server.Objects[$"blobs/sha256/{hash[..2]}/{hash}"]);
        Assert.Equal($"PUT stages/{artifact.Key}.json", _server.Requests[^1]);
        Assert.Equal(3, _server.Objects.Count);
    }

    [Fact]
    public async Task What_another_artifact_has_brought_does_not_travel_again()
    {
        await _remote.PushAsync(Identities.Publish(_here, Identities.Of("one"), ("a", [1, 2, 3])), anew: false, default);
        Assert.Equal(new Transfer(1, 1), await _remote.PushAsync(Identities.Publish(_here, Identities.Of("two"), ("b", [1, 2, 3]), ("c", [4])), anew: false, default));
        Assert.Equal(new Transfer(2, 4), await _remote.PushAsync(_here.Find(Identities.Of("two").ComputeKey()).Artifact!, anew: true, default));
    }

    [Fact]
    public void Pushed_and_pulled_into_an_empty_store_an_artifact_is_the_same_in_every_byte()
    {
        var round = 0;
        Prop.ForAll<byte[][], int>((contents, large) =>
        {
            var files = contents.Prepend(RandomNumberGenerator.GetBytes(Math.Abs(large % 5) * 150_000)).Select((content, i) => ($"f{i % 3}/{i}.bin", content)).ToArray();
            var identity = Identities.Of(options: new { round = ++round });
            var made = Identities.Publish(_here, identity, files);
            _remote.PushAsync(made, anew: false, default).GetAwaiter().GetResult();
            var pulled = Pull(made.Key).GetAwaiter().GetResult();
            Assert.NotNull(_there.Find(made.Key, thorough: true).Artifact);
            return Contents(made.Folder).SequenceEqual(Contents(pulled!.Folder));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Two_machines_that_push_the_same_at_once_leave_it_whole()
    {
        var files = Enumerable.Range(0, 40).Select(i => ($"{i}.bin", RandomNumberGenerator.GetBytes(1000))).ToArray();
        var one = Identities.Publish(_here, Identities.Of(), files);
        var other = Identities.Publish(new ArtifactStore(_folder.File("other")), Identities.Of(), files);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => _remote.PushAsync(i % 2 == 0 ? one : other, anew: i > 3, default))));
        Assert.Equal(one.Hash, (await Pull(one.Key))!.Hash);
        Assert.NotNull(_there.Find(one.Key, thorough: true).Artifact);
    }

    [Fact]
    public async Task A_key_that_the_remote_does_not_have_is_not_there() => Assert.Null(await _remote.FindAsync(Identities.Of().ComputeKey(), default));

    public static TheoryData<string, string> Lies => new()
    {
        { "not JSON", "is no manifest" },
        { "page", "is no manifest" },
        { "null", "is empty" },
        { "no files", "is incomplete" },
        { "null file", "is incomplete" },
        { "of another key", "belongs to another key" },
        { "hash", "was altered" },
        { "../../outside", "names a file outside" },
        { "/etc/passwd", "names a file outside" },
        { "a/../../b", "names a file outside" },
        { "a//b", "names a file outside" },
        { "a\\..\\b", "names a file outside" },
        { "manifest.json", "keeps that name for itself" },
        { "folder and file", "'a.bin' twice" },
        { "size", "no proper size" },
        { "sha", "no proper size and SHA-256" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_manifest_that_lies_is_refused_before_anything_is_fetched(string lie, string expected)
    {
        var artifact = Identities.Publish(_here, Identities.Of(), ("a.bin", [1, 2, 3]));
        var file = artifact.Manifest.Files[0];
        var text = lie switch
        {
            "not JSON" => "{",
            "page" => "<html>Sign in</html>",
            "null" => "null",
            "no files" => Text(artifact.Manifest with { Files = [] }),
            "null file" => Text(artifact.Manifest).Replace("\"files\": [", "\"files\": [null,", StringComparison.Ordinal),
            "of another key" => Text(artifact.Manifest with { Identity = Identities.Of("another") }),
            "hash" => Text(artifact.Manifest with { Files = [file with { Size = 4 }] }),
            "folder and file" => Forged(artifact, file, file with { Path = "a.bin/b" }),
            "size" => Forged(artifact, file with { Size = -1 }),
            "sha" => Forged(artifact, file with { Sha256 = "../../../secret" }),
            _ => Forged(artifact, file with { Path = lie }),
        };
        _server.Objects[$"stages/{artifact.Key}.json"] = Encoding.UTF8.GetBytes(text);
        var error = await Assert.ThrowsAsync<RemoteException>(() => Pull(artifact.Key));
        Assert.Equal(RemoteFault.Damaged, error.Fault);
        Assert.Contains(expected, error.Message);
        Assert.Contains($"{_server.Address}/stages/{artifact.Key}.json", error.Message);
        Assert.Single(_server.Requests);
        Assert.False(Directory.Exists(Path.Combine(_there.Root, "stages")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_content_that_is_wrong_or_missing_leaves_the_local_store_as_it_was(bool missing)
    {
        var artifact = Identities.Publish(_here, Identities.Of(), [("a.bin", [1, 2, 3]), .. Enumerable.Range(0, 20).Select(i => ($"{i}", new[] { (byte)i }))]);
        await _remote.PushAsync(artifact, anew: false, default);
        var blob = RemoteLayout.Blob(artifact.Manifest.Files.Single(f => f.Path == "a.bin").Sha256);
        if (missing) _server.Objects.Remove(blob, out _);
        else _server.Objects[blob] = [3, 2, 1];
        var error = await Assert.ThrowsAsync<RemoteException>(() => Pull(artifact.Key));
        Assert.Equal(RemoteFault.Damaged, error.Fault);
        Assert.Contains(blob, error.Message);
        Assert.Equal(default, _there.Find(artifact.Key));
        Assert.DoesNotContain(Directory.EnumerateFiles(_there.Root, "*", SearchOption.AllDirectories), f => !f.Contains("claims", StringComparison.Ordinal));
    }

    private async Task<Artifact?> Pull(ArtifactKey key)
    {
        using var held = _there.Claim(key, _ => { }, default);
        return await _remote.FindAsync(key, default) is { } manifest ? await _remote.PullAsync(key, manifest, _there, held, default) : null;
    }

    private static string Text(ArtifactManifest manifest) => JsonSerializer.Serialize(manifest, StoreJson.Default.ArtifactManifest);

    /// <summary>A manifest whose own hash fits what it lists.</summary>
    private static string Forged(Artifact artifact, params ArtifactFile[] files) => Text(artifact.Manifest with { Files = files, Hash = ArtifactManifest.HashOf(files) });

    /// <summary>Every file's path and bytes, the manifest's too.</summary>
    private static IEnumerable<string> Contents(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(f => $"{Path.GetRelativePath(folder, f)} {Convert.ToHexString(File.ReadAllBytes(f))}").Order(StringComparer.Ordinal);
}
