using System.Security.Cryptography;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote;

public sealed class NginxTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ArtifactStore _here;
    private readonly ArtifactStore _there;

    public NginxTests() => (_here, _there) = (new ArtifactStore(_folder.File("here")), new ArtifactStore(_folder.File("there")));

    public void Dispose() => _folder.Dispose();

    [NginxFact]
    public async Task An_artifact_goes_there_and_back_and_lies_there_as_plain_files()
    {
        await using var nginx = await Nginx.StartAsync();
        using var objects = Remotes.Open(nginx.Address);
        var large = RandomNumberGenerator.GetBytes(5_000_000);
        var artifact = Identities.Publish(_here, Identities.Of(), ("large.bin", large), ("empty", []), ("sub/small", [1]));
        Assert.Equal(new Transfer(3, 5_000_001), await new RemoteStore(objects).PushAsync(artifact, anew: false, default));
        Assert.Equal([.. artifact.Manifest.Files.Select(f => RemoteLayout.Blob(f.Sha256)).Append($"stages/{artifact.Key}.json").Order(StringComparer.Ordinal)], nginx.Files);

        var pulled = await Pull(objects, artifact.Key);
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(pulled!.Folder, "large.bin")));
        Assert.Equal(new Transfer(0, 0), await new RemoteStore(objects).PushAsync(pulled, anew: false, default));
    }

    [NginxFact]
    public async Task Two_machines_that_push_the_same_at_once_leave_it_whole()
    {
        await using var nginx = await Nginx.StartAsync();
        using var objects = Remotes.Open(nginx.Address);
        var artifact = Identities.Publish(_here, Identities.Of(), ("a.bin", RandomNumberGenerator.GetBytes(2_000_000)), ("b.bin", RandomNumberGenerator.GetBytes(2_000_000)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var own = Remotes.Open(nginx.Address);
            await new RemoteStore(own).PushAsync(artifact, anew: true, default);
        })));
        Assert.Equal(artifact.Hash, (await Pull(objects, artifact.Key))!.Hash);
    }

    [NginxFact]
    public async Task A_server_without_WebDAV_is_read_only()
    {
        await using var nginx = await Nginx.StartAsync("");
        using var objects = Remotes.Open(nginx.Address);
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.PutAsync("x", [1], default));
        Assert.Equal(RemoteFault.ReadOnly, error.Fault);
        Assert.Contains("HTTP 405", error.Message);
        Assert.Null(await Pull(objects, Identities.Of().ComputeKey()));
    }

    [NginxFact]
    public async Task A_server_that_makes_no_folders_is_told_how()
    {
        await using var nginx = await Nginx.StartAsync("dav_methods PUT MKCOL;");
        using var objects = Remotes.Open(nginx.Address);
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.PutAsync("blobs/sha256/ab/abc", [1], default));
        Assert.Contains("create_full_put_path on", error.Message);
    }

    [NginxFact]
    public async Task A_password_is_asked_for_and_given()
    {
        await using var nginx = await Nginx.StartAsync("dav_methods PUT; create_full_put_path on; auth_basic store; auth_basic_user_file passwords;");
        using var stranger = Remotes.Open(nginx.Address);
        Assert.Equal(RemoteFault.Refused, (await Assert.ThrowsAsync<RemoteException>(() => stranger.ReadAsync("x", default))).Fault);
        using var ada = Remotes.Open(nginx.Address.Replace("://", "://ada:l0ve@", StringComparison.Ordinal));
        await ada.PutAsync("x", [1], default);
        Assert.Equal([1], await ada.ReadAsync("x", default));
    }

    [NginxFact]
    public async Task All_may_read_where_only_writing_asks_for_a_password()
    {
        await using var nginx = await Nginx.StartAsync("dav_methods PUT; create_full_put_path on; limit_except GET { auth_basic store; auth_basic_user_file passwords; }");
        using var stranger = Remotes.Open(nginx.Address);
        Assert.Equal(RemoteFault.ReadOnly, (await Assert.ThrowsAsync<RemoteException>(() => stranger.PutAsync("x", [1], default))).Fault);
        using var ada = Remotes.Open(nginx.Address.Replace("://", "://ada:l0ve@", StringComparison.Ordinal));
        await ada.PutAsync("x", [1], default);
        Assert.Equal([1], await stranger.ReadAsync("x", default));
        Assert.True(await stranger.HasAsync("x", 1, default));
    }

    private async Task<Artifact?> Pull(RemoteObjects objects, ArtifactKey key)
    {
        using var held = _there.Claim(key, _ => { }, default);
        var remote = new RemoteStore(objects);
        return await remote.FindAsync(key, default) is { } manifest ? await remote.PullAsync(key, manifest, _there, held, default) : null;
    }
}
