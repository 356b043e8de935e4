using Microsoft.AspNetCore.Http;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Refuses what a browser sends on behalf of another site's page: it could reach a server that only this machine can, and spend its time.</summary>
internal static class SameOrigin
{
    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)) return next(context);
        throw new RequestException(StatusCodes.Status403Forbidden, $"The request comes from a page of '{origin}'; this server answers its own page, and clients that are no pages.");
    }
}
