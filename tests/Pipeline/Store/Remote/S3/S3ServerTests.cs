using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote.S3;

public sealed class S3ServerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [S3Theory]
    [InlineData("path")]
    [InlineData("virtual")]
    public async Task An_artifact_goes_to_an_S3_server_and_back(string style)
    {
        await using var server = await S3Server.StartAsync("models");
        using var objects = Remotes.Open($"s3://models/team/a%20b?endpoint={server.Address}&style={style}", Here, Keys("S3RVER"));
        var (here, there) = (new ArtifactStore(_folder.File("here")), new ArtifactStore(_folder.File("there")));
        var remote = new RemoteStore(objects);
        var artifact = Identities.Publish(here, Identities.Of(), ("large.bin", RandomNumberGenerator.GetBytes(3_000_000)), ("empty", []));
        Assert.Null(await remote.FindAsync(artifact.Key, default));
        Assert.Equal(new Transfer(2, 3_000_000), await remote.PushAsync(artifact, anew: false, default));
        Assert.Equal(new Transfer(0, 0), await remote.PushAsync(artifact, anew: false, default));
        using (var held = there.Claim(artifact.Key, _ => { }, default)) await remote.PullAsync(artifact.Key, (await remote.FindAsync(artifact.Key, default))!, there, held, default);
        Assert.Equal(artifact.Hash, there.Find(artifact.Key, thorough: true).Artifact!.Hash);
    }

    [S3Fact]
    public async Task What_S3_says_is_part_of_the_error()
    {
        await using var server = await S3Server.StartAsync("models");
        using var stranger = Remotes.Open($"s3://models?endpoint={server.Address}", Here, Keys("NOBODY"));
        var error = await Assert.ThrowsAsync<RemoteException>(() => stranger.PutAsync("x", [1], default));
        Assert.Equal(RemoteFault.ReadOnly, error.Fault);
        Assert.Contains("S3 says InvalidAccessKeyId: ", error.Message);
    }

    [Fact]
    public async Task A_file_that_is_too_large_for_one_PUT_stays_here_and_says_so()
    {
        using var objects = Remotes.Open("s3://models?endpoint=http://localhost:1");
        var error = await Assert.ThrowsAsync<StoreException>(() => objects.UploadAsync("x", _folder.File("huge"), (5L << 30) + 1, new string('0', 64), default));
        Assert.Contains("at most 5368709120 bytes", error.Message);
    }

    [Fact]
    public async Task A_bucket_elsewhere_is_told_with_its_region_and_not_followed()
    {
        await using var server = await ObjectServer.StartAsync();
        server.Fault = async context =>
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = "/store/elsewhere";
            await context.Response.WriteAsync("<Error><Code>PermanentRedirect</Code><Message>Use the other endpoint.</Message></Error>");
            return true;
        };
        using var objects = Remotes.Open($"s3://models?endpoint={server.Address}", environment: Keys("KEY"));
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.ReadAsync("x", default));
        Assert.Contains("S3 says PermanentRedirect: Use the other endpoint. Is the bucket in the region 'us-east-1'?", error.Message);
        Assert.Single(server.Requests);
    }

    /// <summary>Names below localhost are known to browsers and to few others, so every name leads to this machine.</summary>
    private static RemotePolicy Here { get; } = Remotes.Impatient with
    {
        CreateHandler = () => new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    };

    private static Func<string, string?> Keys(string key) => name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" ? key : null;
}

/// <summary>The npm package s3rver: a server that speaks S3. It reads signatures, but does not check those of version 4.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    private const string Announcement = "listening on ";
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "s3rver")).FirstOrDefault(File.Exists);
    private readonly TempFolder _folder;
    private readonly Process _process;

    private S3Server(TempFolder folder, Process process, string address) => (_folder, _process, Address) = (folder, process, address);

    /// <summary>Why there can be none; null if there can.</summary>
    public static string? Unavailable => Program is null ? "needs s3rver: npm install --global s3rver" : null;

    public string Address { get; }

    public static async Task<S3Server> StartAsync(string bucket)
    {
        var folder = new TempFolder();
        var process = Process.Start(new ProcessStartInfo(Program!, ["--directory", folder.Path, "--address", "127.0.0.1", "--port", "0", "--service-endpoint", "localhost", "--silent", "--configure-bucket", bucket]) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Announcement, StringComparison.Ordinal) is var at and >= 0) return new S3Server(folder, process, $"http://s3.localhost:{line[(at + Announcement.Length)..].Split(':')[1]}");
        }
        process.Dispose();
        folder.Dispose();
        throw new InvalidOperationException("s3rver does not start");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A test against an S3 server, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class S3FactAttribute : FactAttribute
{
    public S3FactAttribute() => Skip = S3Server.Unavailable;
}

/// <summary>A theory against an S3 server, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class S3TheoryAttribute : TheoryAttribute
{
    public S3TheoryAttribute() => Skip = S3Server.Unavailable;
}
