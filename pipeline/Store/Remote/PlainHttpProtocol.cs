using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Any web server that serves files by GET and HEAD and takes them by PUT, such as nginx or Apache with WebDAV.</summary>
/// <param name="root">The address of the store's folder, without credentials, ending with '/'.</param>
/// <param name="authorization">Sent with every request; null for none.</param>
internal sealed class PlainHttpProtocol(Uri root, AuthenticationHeaderValue? authorization) : IRemoteProtocol
{
    public string Name { get; } = root.AbsoluteUri.TrimEnd('/');

    public bool FollowsRedirects => true;

    public bool HasFolders => true;

    public long? MaxPut => null;

    public Uri Locate(string path) => new(root, RemoteLayout.Escape(path));

    public void Authorize(HttpRequestMessage request, string contentSha256) => request.Headers.Authorization = authorization;

    public string? Advise(HttpStatusCode status, string body) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => authorization is null
            ? $"No credentials were given: set {RemoteAddress.TokenVariable}, or {RemoteAddress.UserVariable} and {RemoteAddress.PasswordVariable}."
            : "Check the credentials, and whether they may do this.",
        HttpStatusCode.MethodNotAllowed => "Allow the method in the server's configuration (for nginx: dav_methods PUT MKCOL).",
        HttpStatusCode.RequestEntityTooLarge => "Allow bodies of any size in the server's configuration (for nginx: client_max_body_size 0).",
        HttpStatusCode.Conflict or HttpStatusCode.InternalServerError => "See the server's log; it may lack the folder and make none (for nginx: create_full_put_path on).",
        _ => null,
    };

    /// <summary>A header of RFC 7617.</summary>
    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
