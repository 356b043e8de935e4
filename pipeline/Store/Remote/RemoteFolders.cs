using System.Net;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Makes folders where a server of WebDAV wants them before what lies in them. Source: RFC 4918, 9.3.</summary>
internal sealed class RemoteFolders(IRemoteProtocol protocol, RemoteRequests requests)
{
    private static readonly HttpMethod Make = new("MKCOL");

    /// <summary>Makes a folder, and first those that it lies in, as far as they are missing.</summary>
    /// <exception cref="RemoteException">The server makes none.</exception>
    public async Task MakeAsync(Uri folder, CancellationToken cancellation)
    {
        if (await TryMakeAsync(folder, cancellation)) return;
        if (folder.AbsolutePath == "/") throw Missing(Make, folder);
        await MakeAsync(new Uri(folder, ".."), cancellation);
        if (!await TryMakeAsync(folder, cancellation)) throw Missing(Make, folder);
    }

    /// <summary>What to throw where a folder is missing although it was made.</summary>
    public RemoteException Missing(HttpMethod method, Uri address) =>
        new(RemoteFault.Failed, $"{method} {address}: expected success, HTTP 409 came. {protocol.Advise(HttpStatusCode.Conflict, "")}".TrimEnd());

    /// <summary>False where the folder that it lies in is missing. One that is there already is answered with 405.</summary>
    private Task<bool> TryMakeAsync(Uri folder, CancellationToken cancellation) => requests.TryAsync(Make, folder, async alive =>
    {
        using var request = requests.Create(Make, folder);
        using var response = await requests.SendAsync(request, alive);
        if (response.StatusCode == HttpStatusCode.Conflict) return false;
        if (response.StatusCode != HttpStatusCode.MethodNotAllowed) await requests.CheckAsync(request, response, alive);
        return true;
    }, cancellation);
}
