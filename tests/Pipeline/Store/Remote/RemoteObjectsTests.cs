using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote;

public sealed class RemoteObjectsTests : IAsyncLifetime
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 700_000).Select(i => (byte)(i * 31 % 251))];
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));
    private readonly TempFolder _folder = new();
    private ObjectServer _server = null!;
    private RemoteObjects _objects = null!;

    private string Target => _folder.File("in/target.bin");

    public async Task InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _objects = Remotes.Open(_server.Address);
        _server.Objects["there"] = Content;
    }

    public async Task DisposeAsync()
    {
        _objects.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_put_is_there_by_its_size_and_comes_back_whole()
    {
        await File.WriteAllBytesAsync(_folder.File("source"), Content);
        await _objects.UploadAsync("a b/ü%.bin", _folder.File("source"), Content.Length, Hash, default);
        Assert.Equal(Content, _server.Objects["a b/ü%.bin"]);
        Assert.True(await _objects.HasAsync("a b/ü%.bin", Content.Length, default));
        Assert.False(await _objects.HasAsync("a b/ü%.bin", Content.Length + 1, default));
        Assert.False(await _objects.HasAsync("absent", 1, default));
        Assert.True(await Download("a b/ü%.bin"));
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task What_is_not_there_is_no_error_and_leaves_no_file()
    {
        Assert.Null(await _objects.ReadAsync("absent", default));
        Assert.False(await Download("absent"));
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_server_that_fails_twice_is_asked_again()
    {
        var failures = 0;
        _server.Fault = context => Task.FromResult(Interlocked.Increment(ref failures) <= 2 && Answer(context, 500));
        Assert.Equal(Content, await _objects.ReadAsync("there", default));
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_goes_on_failing_is_unreachable_after_as_many_tries_as_allowed()
    {
        _server.Fault = context => Task.FromResult(Answer(context, 503));
        var error = await Assert.ThrowsAsync<RemoteException>(() => _objects.ReadAsync("there", default));
        Assert.Equal(RemoteFault.Unreachable, error.Fault);
        Assert.Contains($"GET {_server.Address}/there: HTTP 503", error.Message);
        Assert.Contains("4 tries", error.Message);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transfer_that_breaks_off_goes_on_where_it_was_or_begins_anew(bool ranges)
    {
        var broken = 0;
        _server.Fault = async context =>
        {
            if (!ranges) context.Request.Headers.Remove("Range");
            if (Interlocked.Increment(ref broken) != 2) return false;
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 300_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        Assert.True(await _objects.HasAsync("there", Content.Length, default));
        Assert.True(await Download("there"));
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Wrong_bytes_are_refused_with_both_hashes_and_leave_no_file()
    {
        _server.Objects["there"] = [.. Content[..^1], 255];
        var error = await Assert.ThrowsAsync<RemoteException>(() => Download("there"));
        Assert.Equal(RemoteFault.Damaged, error.Fault);
        Assert.Contains(Hash, error.Message);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(_server.Objects["there"])), error.Message);
        Assert.False(File.Exists(Target));
    }

    [Theory]
    [InlineData("short", "expected 700000 bytes, 699999 bytes came")]
    [InlineData("long", "expected 700000 bytes, 700001 bytes came")]
    [InlineData("huge", "expected 700000 bytes, 9000000000000000000 bytes came")]
    [InlineData("page", "20 bytes of text/html came")]
    [InlineData("short, length unsaid", "expected 700000 bytes, 699999 came")]
    [InlineData("long, length unsaid", "expected at most 700000 bytes, more came")]
    public async Task A_body_of_another_length_is_refused_and_leaves_no_file(string kind, string expected)
    {
        _server.Fault = async context =>
        {
            if (kind == "huge") context.Response.ContentLength = 9_000_000_000_000_000_000;
            if (kind == "page") context.Response.ContentType = "text/html";
            var body = kind switch
            {
                "page" => Encoding.UTF8.GetBytes("<html>Sign in</html>"),
                "short" or "short, length unsaid" => Content[..^1],
                "huge" => [],
                _ => [.. Content, 0],
            };
            if (!kind.EndsWith("unsaid", StringComparison.Ordinal) && kind != "huge") context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
            await context.Response.Body.FlushAsync();
            if (kind == "huge") await UntilGoneAsync(context);
            return true;
        };
        var error = await Assert.ThrowsAsync<RemoteException>(() => Download("there"));
        Assert.Equal(RemoteFault.Damaged, error.Fault);
        Assert.Contains(expected, error.Message);
        Assert.False(File.Exists(Target));
    }

    [Theory]
    [InlineData(403, false, "Refused", "ONNX_PIPELINE_REMOTE_TOKEN")]
    [InlineData(401, true, "ReadOnly", "ONNX_PIPELINE_REMOTE_TOKEN")]
    [InlineData(405, true, "ReadOnly", "dav_methods")]
    [InlineData(413, true, "Failed", "client_max_body_size")]
    [InlineData(418, false, "Failed", "HTTP 418")]
    public async Task A_refusal_is_told_with_address_status_and_what_to_do_and_is_not_repeated(int status, bool writing, string fault, string advice)
    {
        _server.Fault = context => Task.FromResult(Answer(context, status));
        var error = await Assert.ThrowsAsync<RemoteException>(() => writing ? _objects.PutAsync("there", [1], default) : _objects.ReadAsync("there", default));
        Assert.Equal(fault, error.Fault.ToString());
        Assert.Contains($"{_server.Address}/there", error.Message);
        Assert.Contains($"HTTP {status}", error.Message);
        Assert.Contains(advice, error.Message);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_redirection_is_followed()
    {
        _server.Objects["moved"] = [7];
        _server.Fault = context => Task.FromResult(ObjectServer.PathOf(context) == "there" && Redirect(context));
        Assert.Equal([7], await _objects.ReadAsync("there", default));
    }

    [Fact]
    public async Task Nobody_there_is_told_at_once()
    {
        using var objects = Remotes.Open($"http://127.0.0.1:{Nginx.FreePort()}/store", new RemotePolicy { FirstDelay = TimeSpan.FromDays(1), MaxDelay = TimeSpan.FromDays(1) });
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.ReadAsync("there", default));
        Assert.Equal(RemoteFault.Unreachable, error.Fault);
        Assert.Contains("127.0.0.1", error.Message);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        using var objects = Remotes.Open(_server.Address, Remotes.Impatient with { StallTimeout = TimeSpan.FromMilliseconds(100) });
        _server.Fault = async context =>
        {
            await UntilGoneAsync(context);
            return true;
        };
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.ReadAsync("there", default));
        Assert.Contains("nothing moved for 0.1 s", error.Message);
    }

    [Fact]
    public async Task Folders_are_made_where_the_server_wants_them_first()
    {
        var folders = new HashSet<string>();
        _server.Fault = context =>
        {
            var path = ObjectServer.PathOf(context);
            var parent = path.TrimEnd('/').LastIndexOf('/') is var end and >= 0 ? path[..(end + 1)] : "";
            if (context.Request.Method == "MKCOL") return Task.FromResult(Answer(context, parent.Length > 0 && !folders.Contains(parent) ? 409 : folders.Add(path) ? 201 : 405));
            return Task.FromResult(HttpMethods.IsPut(context.Request.Method) && !folders.Contains(parent) && Answer(context, 409));
        };
        await _objects.PutAsync("blobs/sha256/ab/abc", [1, 2], default);
        await _objects.PutAsync("blobs/sha256/cd/cde", [3], default);
        Assert.Equal(["blobs/", "blobs/sha256/", "blobs/sha256/ab/", "blobs/sha256/cd/"], folders.Order(StringComparer.Ordinal));
        Assert.Equal([3], _server.Objects["blobs/sha256/cd/cde"]);
    }

    [Fact]
    public async Task A_file_that_has_changed_is_not_put()
    {
        await File.WriteAllBytesAsync(_folder.File("source"), [.. Content[..^1], 255]);
        var error = await Assert.ThrowsAsync<StoreException>(() => _objects.UploadAsync("blob", _folder.File("source"), Content.Length, Hash, default));
        Assert.Contains("cache verify", error.Message);
        await Assert.ThrowsAsync<StoreException>(() => _objects.UploadAsync("blob", _folder.File("source"), Content.Length - 1, Hash, default));
        await Assert.ThrowsAsync<StoreException>(() => _objects.UploadAsync("blob", _folder.File("gone"), Content.Length, Hash, default));
        Assert.False(_server.Objects.ContainsKey("blob"));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_is_begun_anew()
    {
        await File.WriteAllBytesAsync(_folder.File("source"), Content);
        var broken = 0;
        _server.Fault = async context =>
        {
            if (Interlocked.Increment(ref broken) != 2) return false;
            await context.Request.Body.ReadExactlyAsync(new byte[1000]);
            context.Abort();
            return true;
        };
        Assert.False(await _objects.HasAsync("blob", 1, default));
        await _objects.UploadAsync("blob", _folder.File("source"), Content.Length, Hash, default);
        Assert.Equal(Content, _server.Objects["blob"]);
    }

    [Theory]
    [InlineData("http://ada:l%40ve@HOST/store", null, null, "Basic YWRhOmxAdmU=")]
    [InlineData("http://HOST/store", "tok", null, "Bearer tok")]
    [InlineData("http://HOST/store", null, "bob", "Basic Ym9iOnNlY3JldA==")]
    [InlineData("http://HOST/store", null, null, "")]
    public async Task Credentials_come_from_the_address_or_the_environment_and_are_never_told(string address, string? token, string? user, string expected)
    {
        var sent = "";
        _server.Fault = context =>
        {
            sent = context.Request.Headers.Authorization.ToString();
            return Task.FromResult(Answer(context, 403));
        };
        var host = new Uri(_server.Address).Authority;
        using var objects = Remotes.Open(address.Replace("HOST", host, StringComparison.Ordinal), environment: name => name switch
        {
            RemoteAddress.TokenVariable => token,
            RemoteAddress.UserVariable => user,
            RemoteAddress.PasswordVariable => "secret",
            _ => null,
        });
        var error = await Assert.ThrowsAsync<RemoteException>(() => objects.ReadAsync("there", default));
        Assert.Equal(expected, sent);
        Assert.Equal(_server.Address, objects.Name);
        Assert.DoesNotContain("l%40ve", error.ToString());
        Assert.DoesNotContain("secret", error.ToString());
    }

    private Task<bool> Download(string path) => _objects.DownloadAsync(path, Target, Content.Length, Hash, default);

    private static Task UntilGoneAsync(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private static bool Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return true;
    }

    private static bool Redirect(HttpContext context)
    {
        context.Response.Redirect("/store/moved");
        return true;
    }
}
