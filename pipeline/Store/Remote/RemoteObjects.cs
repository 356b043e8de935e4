using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Objects by path in a remote store: whether they are there, their content, and new ones. Each request is tried as the policy says.</summary>
internal sealed class RemoteObjects(IRemoteProtocol protocol, RemotePolicy policy, IProgress<long>? progress = null) : IDisposable
{
    /// <summary>Records and manifests are read into memory; none of an honest store comes near this.</summary>
    private const int MaxSmall = 64 << 20;

    /// <summary>From here on the server is asked whether it would take a body before it is sent.</summary>
    private const long AskFirst = 1 << 20;

    private const int ChunkSize = 1 << 18;

    private static readonly string NoContent = HashOf([]);
    private static readonly HttpMethod MakeFolder = new("MKCOL");

    private readonly RemoteRequests _requests = new(protocol, policy);

    /// <summary>The address for people, without credentials.</summary>
    public string Name => protocol.Name;

    /// <summary>How many files to move at once.</summary>
    public int Parallel => policy.Parallel;

    /// <summary>Whether an object is there, as far as its size tells; false also where the server does not answer that question.</summary>
    /// <exception cref="RemoteException">The server cannot be asked.</exception>
    public Task<bool> HasAsync(string path, long size, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Head, protocol.Locate(path), async alive =>
    {
        using var request = Request(HttpMethod.Head, protocol.Locate(path), NoContent);
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented) return false;
        await _requests.CheckAsync(request, response, alive);
        return (response.Content.Headers.ContentLength ?? size) == size;
    }, cancellation);

    /// <summary>The content of a small object; null where there is none.</summary>
    /// <exception cref="RemoteException">It cannot be had, or is not small.</exception>
    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Get, protocol.Locate(path), async alive =>
    {
        using var request = Request(HttpMethod.Get, protocol.Locate(path), NoContent);
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        await _requests.CheckAsync(request, response, alive);
        if (response.Content.Headers.ContentLength > MaxSmall) throw TooLong(path, response, MaxSmall);
        using var body = await response.Content.ReadAsStreamAsync(alive.Token);
        using var content = new MemoryStream();
        var chunk = new byte[ChunkSize];
        for (int read; (read = await body.ReadAsync(chunk, alive.Token)) > 0; alive.Renew())
        {
            if (content.Length + read > MaxSmall) throw TooLong(path, response, MaxSmall);
            content.Write(chunk, 0, read);
        }
        return content.ToArray();
    }, cancellation);

    /// <summary>Brings an object into a new file, from where an attempt broke off to the next; whether it was there.</summary>
    /// <param name="path">The object.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="size">Bytes that must come.</param>
    /// <param name="sha256">Their hash.</param>
    /// <param name="cancellation">Ends the transfer, and leaves no file.</param>
    /// <exception cref="RemoteException">It cannot be had, or is something else.</exception>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public async Task<bool> DownloadAsync(string path, string target, long size, string sha256, CancellationToken cancellation)
    {
        using var file = new ArrivingFile(target);
        if (!await _requests.TryAsync(HttpMethod.Get, protocol.Locate(path), alive => ContinueAsync(path, file, size, alive), cancellation)) return false;
        if (file.Finish(sha256) is { } found) throw Damaged(path, $"expected content of SHA-256 {sha256}, {found} came");
        return true;
    }

    /// <summary>Puts a small object.</summary>
    /// <exception cref="RemoteException">It could not be put.</exception>
    public Task PutAsync(string path, byte[] content, CancellationToken cancellation) =>
        PutAsync(path, HashOf(content), content.Length, _ => new ByteArrayContent(content), cancellation);

    /// <summary>Puts a file, if it is still what it should be.</summary>
    /// <exception cref="RemoteException">It could not be put.</exception>
    /// <exception cref="StoreException">The file cannot be read, or has changed.</exception>
    public Task UploadAsync(string path, string file, long size, string sha256, CancellationToken cancellation) =>
        PutAsync(path, sha256, size, alive => new FileContent(file, size, sha256, bytes => Moved(bytes, alive)), cancellation);

    public void Dispose() => _requests.Dispose();

    private async Task<bool> ContinueAsync(string path, ArrivingFile file, long size, StallWatch alive)
    {
        using var request = Request(HttpMethod.Get, protocol.Locate(path), NoContent, file.Length > 0 ? new RangeHeaderValue(file.Length, null) : null);
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        await _requests.CheckAsync(request, response, alive);
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != file.Length) file.Restart();
        if (response.StatusCode == HttpStatusCode.PartialContent && file.Length == 0 && request.Headers.Range is not null) throw new IOException("the server continued from another place than it was asked to");
        if (response.Content.Headers.ContentLength is { } length && file.Length + length != size) throw Damaged(path, $"expected {size} bytes, {Description(response)} came");
        using var body = await response.Content.ReadAsStreamAsync(alive.Token);
        // Two chunks: one is hashed and written while the next comes.
        var (chunk, next) = (Chunk(size), Chunk(size));
        var read = await body.ReadAsync(chunk, alive.Token);
        while (read > 0)
        {
            Moved(read, alive);
            if (file.Length + read > size) throw TooLong(path, response, size);
            var coming = body.ReadAsync(next, alive.Token);
            try
            {
                file.Append(chunk.AsMemory(0, read));
            }
            finally
            {
                read = await coming;
            }
            (chunk, next) = (next, chunk);
        }
        if (file.Length < size) throw Damaged(path, $"expected {size} bytes, {file.Length} came");
        return true;
    }

    private async Task PutAsync(string path, string sha256, long size, Func<StallWatch, HttpContent> content, CancellationToken cancellation)
    {
        if (size > protocol.MaxPut) throw new RemoteException(RemoteFault.Failed, $"{protocol.Locate(path)}: a PUT takes at most {protocol.MaxPut} bytes here, and the file has {size}. It stays in the local store.");
        var address = protocol.Locate(path);
        if (await TryPutAsync(address, sha256, size, content, cancellation)) return;
        await MakeFolderAsync(new Uri(address, "."), cancellation);
        if (!await TryPutAsync(address, sha256, size, content, cancellation)) throw NoFolder(HttpMethod.Put, address);
    }

    /// <summary>False where a folder is missing first.</summary>
    private Task<bool> TryPutAsync(Uri address, string sha256, long size, Func<StallWatch, HttpContent> content, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Put, address, async alive =>
    {
        using var request = Request(HttpMethod.Put, address, sha256);
        request.Content = content(alive);
        request.Headers.ExpectContinue = size >= AskFirst;
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.Conflict && protocol.HasFolders) return false;
        await _requests.CheckAsync(request, response, alive);
        return true;
    }, cancellation);

    /// <summary>Makes a folder, and first those that it lies in.</summary>
    private async Task MakeFolderAsync(Uri folder, CancellationToken cancellation)
    {
        if (await TryMakeFolderAsync(folder, cancellation)) return;
        if (folder.AbsolutePath == "/") throw NoFolder(MakeFolder, folder);
        await MakeFolderAsync(new Uri(folder, ".."), cancellation);
        if (!await TryMakeFolderAsync(folder, cancellation)) throw NoFolder(MakeFolder, folder);
    }

    /// <summary>False where the one that it lies in is missing. One that is there already is answered with 405 (RFC 4918, 9.3.1).</summary>
    private Task<bool> TryMakeFolderAsync(Uri folder, CancellationToken cancellation) => _requests.TryAsync(MakeFolder, folder, async alive =>
    {
        using var request = Request(MakeFolder, folder, NoContent);
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.Conflict) return false;
        if (response.StatusCode != HttpStatusCode.MethodNotAllowed) await _requests.CheckAsync(request, response, alive);
        return true;
    }, cancellation);

    private RemoteException NoFolder(HttpMethod method, Uri address) =>
        new(RemoteFault.Failed, $"{method} {address}: expected success, HTTP 409 came. {protocol.Advise(HttpStatusCode.Conflict, "")}".TrimEnd());

    private void Moved(int bytes, StallWatch alive)
    {
        alive.Renew();
        progress?.Report(bytes);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, string contentSha256, RangeHeaderValue? range = null)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        request.Headers.UserAgent.ParseAdd("onnx-pipeline");
        request.Headers.Range = range;
        protocol.Authorize(request, contentSha256);
        return request;
    }

    private RemoteException TooLong(string path, HttpResponseMessage response, long most) => Damaged(path, $"expected at most {most} bytes, {Description(response)} came");

    private RemoteException Damaged(string path, string what) => new(RemoteFault.Damaged, $"GET {protocol.Locate(path)}: {what}");

    /// <summary>What came, as far as it says itself: a page of a login or a proxy is known by its type.</summary>
    private static string Description(HttpResponseMessage response) =>
        $"{(response.Content.Headers.ContentLength is { } length ? $"{length} bytes" : "more")}{(response.Content.Headers.ContentType?.MediaType is { } type ? $" of {type}" : "")}";

    private static byte[] Chunk(long size) => new byte[Math.Clamp(size, 1, ChunkSize)];

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
