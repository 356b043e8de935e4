using Microsoft.AspNetCore.Http;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Refuses what a browser sends on behalf of another site's page: it could reach a server that only this machine can, and spend its time.</summary>
/// <param name="publicUrl">Where browsers find the server's page, where that is not what requests name as host, as behind some proxies; else null.</param>
internal sealed class SameOrigin(Uri? publicUrl)
{
    private readonly string? _publicOrigin = publicUrl?.GetLeftPart(UriPartial.Authority);

    public Task Apply(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || IsOwn(origin, context.Request.Host.Value)) return next(context);
        throw new RequestException(StatusCodes.Status403Forbidden, $"The request comes from a page of '{origin}'; this server answers its own page, and clients that are no pages. If that is its page behind a proxy, start it with --public-url {origin}.");
    }

    private bool IsOwn(string origin, string? host) => Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (page.Authority.Equals(host, StringComparison.OrdinalIgnoreCase) || page.GetLeftPart(UriPartial.Authority).Equals(_publicOrigin, StringComparison.OrdinalIgnoreCase));
}
