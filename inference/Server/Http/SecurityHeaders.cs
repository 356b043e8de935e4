using Microsoft.AspNetCore.Http;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Keeps a browser from running or framing anything but the server's own page, whose model is WebAssembly.</summary>
internal static class SecurityHeaders
{
    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        Set(context);
        return next(context);
    }

    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
