using System.Net;
using System.Security.Cryptography;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Objects by path in a remote store: whether they are there, their content, and new ones. Each request is tried as the policy says.</summary>
internal sealed class RemoteObjects : IDisposable
{
    /// <summary>Records and manifests are read into memory; none of an honest store comes near this.</summary>
    private const int MaxSmall = 64 << 20;

    /// <summary>From here on the server is asked whether it would take a body before it is sent.</summary>
    private const long AskFirst = 1 << 20;

    private const int ChunkSize = 1 << 18;

    private readonly IRemoteProtocol _protocol;
    private readonly RemotePolicy _policy;
    private readonly IProgress<long>? _progress;
    private readonly RemoteRequests _requests;
    private readonly RemoteFolders _folders;

    /// <param name="protocol">The kind of store, and where it is.</param>
    /// <param name="policy">How patient to be.</param>
    /// <param name="progress">Told of bytes of files as they go or come.</param>
    public RemoteObjects(IRemoteProtocol protocol, RemotePolicy policy, IProgress<long>? progress = null)
    {
        (_protocol, _policy, _progress) = (protocol, policy, progress);
        _requests = new RemoteRequests(protocol, policy);
        _folders = new RemoteFolders(protocol, _requests);
    }

    /// <summary>The address for people, without credentials.</summary>
    public string Name => _protocol.Name;

    /// <summary>How many files to move at once.</summary>
    public int Parallel => _policy.Parallel;

    /// <summary>Whether an object is there, as far as its size tells; false also where the server does not answer that question.</summary>
    /// <exception cref="RemoteException">The server cannot be asked.</exception>
    public Task<bool> HasAsync(string path, long size, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Head, _protocol.Locate(path), async alive =>
    {
        using var request = _requests.Create(HttpMethod.Head, _protocol.Locate(path));
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented) return false;
        await _requests.CheckAsync(request, response, alive);
        return (response.Content.Headers.ContentLength ?? size) == size;
    }, cancellation);

    /// <summary>The content of a small object; null where there is none.</summary>
    /// <exception cref="RemoteException">It cannot be had, or is not small.</exception>
    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Get, _protocol.Locate(path), async alive =>
    {
        using var request = _requests.Create(HttpMethod.Get, _protocol.Locate(path));
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
        if (!await _requests.TryAsync(HttpMethod.Get, _protocol.Locate(path), alive => ContinueAsync(path, file, size, alive), cancellation)) return false;
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
        if (file.Length > 0 && file.Length == size) return true; // It broke off behind the last byte.
        using var request = _requests.Create(HttpMethod.Get, _protocol.Locate(path), from: file.Length);
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
        if (size > _protocol.MaxPut) throw new StoreException($"{_protocol.Locate(path)}: a PUT takes at most {_protocol.MaxPut} bytes there, and the file has {size}. It stays in the local store alone.");
        var address = _protocol.Locate(path);
        if (await TryPutAsync(address, sha256, size, content, cancellation)) return;
        await _folders.MakeAsync(new Uri(address, "."), cancellation);
        if (!await TryPutAsync(address, sha256, size, content, cancellation)) throw _folders.Missing(HttpMethod.Put, address);
    }

    /// <summary>False where a folder is missing first.</summary>
    private Task<bool> TryPutAsync(Uri address, string sha256, long size, Func<StallWatch, HttpContent> content, CancellationToken cancellation) => _requests.TryAsync(HttpMethod.Put, address, async alive =>
    {
        using var request = _requests.Create(HttpMethod.Put, address, sha256);
        request.Content = content(alive);
        request.Headers.ExpectContinue = size >= AskFirst;
        using var response = await _requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.Conflict && _protocol.HasFolders) return false;
        await _requests.CheckAsync(request, response, alive);
        return true;
    }, cancellation);

    private void Moved(int bytes, StallWatch alive)
    {
        alive.Renew();
        _progress?.Report(bytes);
    }

    private RemoteException TooLong(string path, HttpResponseMessage response, long most) => Damaged(path, $"expected at most {most} bytes, {Description(response)} came");

    private RemoteException Damaged(string path, string what) => new(RemoteFault.Damaged, $"GET {_protocol.Locate(path)}: {what}");

    /// <summary>What came, as far as it says itself: a page of a login or a proxy is known by its type.</summary>
    private static string Description(HttpResponseMessage response) =>
        $"{(response.Content.Headers.ContentLength is { } length ? $"{length} bytes" : "more")}{(response.Content.Headers.ContentType?.MediaType is { } type ? $" of {type}" : "")}";

    private static byte[] Chunk(long size) => new byte[Math.Clamp(size, 1, ChunkSize)];

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
