using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Every error is JSON, {"error": message}, also for a path or method that does not exist.</summary>
internal static class ErrorResponses
{
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The edge of the server: a failure is logged and answered, never a torn connection.")]
    public static async Task Apply(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405, ContentLength: null, ContentType: null })
            {
                await Json.WriteAsync(context, new ErrorResponse(context.Response.StatusCode == 404
                    ? $"There is nothing at '{context.Request.Path}'. See /v2 for the server, POST an image or rows to /predict, or open / in a browser."
                    : $"'{context.Request.Path}' does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}."), ServerJson.Default.ErrorResponse, context.Response.StatusCode);
            }
        }
        catch (RequestException exception)
        {
            await FailAsync(context, exception.Status, exception.Message, exception.RetryAfter);
        }
        catch (BadHttpRequestException exception)
        {
            await FailAsync(context, exception.StatusCode, exception.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (Exception exception)
        {
            var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(ServerApp.Name);
            log.LogError(exception, "{RequestId} {Method} {Path} failed", context.TraceIdentifier, context.Request.Method, context.Request.Path);
            await FailAsync(context, StatusCodes.Status500InternalServerError, "The server failed; its log says why.");
        }
    }

    private static Task FailAsync(HttpContext context, int status, string message, TimeSpan? retryAfter = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Clear();
        SecurityHeaders.Set(context);
        RequestId.Set(context);
        if (retryAfter is { } wait) context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Json.WriteAsync(context, new ErrorResponse(message), ServerJson.Default.ErrorResponse, status);
    }
}
