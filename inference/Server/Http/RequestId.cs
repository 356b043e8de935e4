using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Names every request, as its client does or by a number of its own, in the response and in the log.</summary>
internal sealed class RequestId(ILoggerFactory logs)
{
    private const string Header = "X-Request-Id";
    private const int Longest = 128;

    // A number of this process, and of its requests: numbers all drawn at random would ask the system each time.
    private readonly string _process = Guid.NewGuid().ToString("N")[..16];
    private readonly ILogger _log = logs.CreateLogger(ServerApp.Name);

    private long _count;

    public Task Apply(HttpContext context, RequestDelegate next)
    {
        // What a client sends goes into the log, so that only plain characters are taken.
        var given = context.Request.Headers[Header].ToString();
        if (given.Length is > 0 and <= Longest && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')) context.TraceIdentifier = given;
        else context.TraceIdentifier = string.Create(CultureInfo.InvariantCulture, $"{_process}{Interlocked.Increment(ref _count):x16}");
        Set(context);
        return _log.IsEnabled(LogLevel.Information) ? LogAsync(context, next) : next(context);
    }

    public static void Set(HttpContext context) => context.Response.Headers[Header] = context.TraceIdentifier;

    private async Task LogAsync(HttpContext context, RequestDelegate next)
    {
        using var scope = _log.BeginScope(new Dictionary<string, object> { ["RequestId"] = context.TraceIdentifier });
        var start = Stopwatch.GetTimestamp();
        await next(context);
        if (_log.IsEnabled(LogLevel.Information)) _log.LogInformation("{RequestId} {Method} {Path} {Status} {Milliseconds}", context.TraceIdentifier, context.Request.Method, context.Request.Path, context.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
