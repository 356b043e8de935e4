using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OnnxPipeline.Inference.Server.Tracing;

/// <summary>
/// Describes the span of a request, which ASP.NET Core starts as the child of what the header traceparent names, in the words of
/// OpenTelemetry's conventions. Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/, "HTTP server".
/// </summary>
internal static class RequestSpan
{
    /// <summary>ASP.NET Core's own source.</summary>
    public const string SourceName = "Microsoft.AspNetCore";

    public static async Task Apply(HttpContext context, RequestDelegate next)
    {
        var span = Activity.Current is { IsAllDataRequested: true } current ? current : null;
        if (span is not null) Begin(span, context.Request);
        await next(context);
        if (span is not null) End(span, context);
    }

    private static void Begin(Activity span, HttpRequest request)
    {
        span.SetTag("http.request.method", MethodOf(request.Method));
        span.SetTag("url.scheme", request.Scheme);
        // Without its query, which is the client's and may be anything.
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("server.address", request.Host.Host);
        if (request.Host.Port is { } port) span.SetTag("server.port", port);
        span.SetTag("network.protocol.version", request.Protocol.AsSpan().TrimStart("HTTP/").ToString());
    }

    private static void End(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var method = MethodOf(context.Request.Method);
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        if (status < StatusCodes.Status500InternalServerError) return;
        span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>What a client makes up is not to become a name of its own.</summary>
    private static string MethodOf(string method) => method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" or "TRACE" or "CONNECT" ? method : "_OTHER";
}
