using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>Addresses below /v2/models/{model}, and the same for one version of it.</summary>
internal static class ModelRoute
{
    /// <param name="app">The server.</param>
    /// <param name="method">GET or POST.</param>
    /// <param name="tail">What follows the model, with its slash, or nothing.</param>
    /// <param name="handle">Given the request, the model's name, and its version where the address has one.</param>
    public static void Map(IEndpointRouteBuilder app, string method, string tail, Func<HttpContext, string, long?, Task> handle)
    {
        foreach (var version in (string[])["", "/versions/{version}"])
            app.MapMethods($"/v2/models/{{model}}{version}{tail}", [method], context => handle(context, (string)context.Request.RouteValues["model"]!, VersionOf(context.Request.RouteValues["version"] as string)));
    }

    /// <summary>Null where none is given.</summary>
    /// <exception cref="RequestException">400: it is no version.</exception>
    public static long? VersionOf(string? text)
    {
        if (text is null) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version
            : throw RequestException.BadRequest($"'{text}' is no version; versions are whole numbers from 1.");
    }
}
