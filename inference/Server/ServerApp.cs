using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.OpenApi;
using OnnxPipeline.Inference.Server.Teaching;
using OnnxPipeline.Inference.Server.Tracing;

namespace OnnxPipeline.Inference.Server;

/// <summary>The HTTP server: KServe V2 (Open Inference Protocol) under /v2, images and rows of tables at /predict, metrics at /metrics, a page at /.</summary>
public static class ServerApp
{
    public const string Name = "onnx-pipeline";

    public static string Version { get; } = typeof(ServerApp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>
    /// Builds the server; start or run it to serve. Models load in the background once it starts: await
    /// <see cref="ServedModels.Ready"/>, from its services, to learn when they have, or why one could not.
    /// </summary>
    /// <param name="options">What to serve, and where.</param>
    /// <param name="configure">Changes the builder before the application is made, for example to serve in memory in a test.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public static WebApplication Build(ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        options.Validate();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = Name });
        Configure(builder, options);
        configure?.Invoke(builder);

        var app = builder.Build();
        if (options.Tracing is not null) app.Use(RequestSpan.Apply);
        app.Use(new RequestId(app.Services.GetRequiredService<ILoggerFactory>()).Apply);
        app.Use(SecurityHeaders.Apply);
        app.Use(ErrorResponses.Apply);
        if (options.RateLimit > 0) app.UseRateLimiter();
        app.Use(new SameOrigin(options.PublicUrl).Apply);
        if (options.ApiKey is { } key) app.Use(new ApiKey(key).Apply);
        app.UseResponseCompression();
        app.UseRequestDecompression();
        HealthEndpoints.Map(app);
        MetadataEndpoints.Map(app);
        InferEndpoint.Map(app);
        RepositoryEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        PredictEndpoint.Map(app);
        CardEndpoints.Map(app);
        BundleEndpoint.Map(app);
        PageEndpoints.Map(app);
        ApiDescription.Map(app);
        return app;
    }

    private static void Configure(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Logging.ClearProviders();
        // What the program says goes to standard output; this does not.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.LogJson) builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        else builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        if (options.LogRequests) builder.Logging.AddFilter(Name, LogLevel.Information);
        if (options.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(ServerOptions.LeastBodyRate, options.SlowBodyGrace);
            kestrel.Listen(options.Listen, listen =>
            {
                if (options.Certificate is { } certificate) listen.UseHttps(certificate);
            });
        });
        builder.WebHost.UseSockets(sockets =>
        {
            // What requests do on the way to a model's queue is short, so that it may run where the bytes arrive; models run elsewhere.
            sockets.UnsafePreferInlineScheduling = true;
            // A kept connection holds a buffer of 4 kB while it waits, and its next request is read at once.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainDelay + options.DrainTimeout);
        Compression.Add(builder.Services);
        if (options.Tracing is { } tracing) TraceExport.Add(builder.Services, tracing);
        if (options.RateLimit > 0) builder.Services.AddRateLimiter(limiter => RateLimit.Configure(limiter, options.RateLimit));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddSingleton<TeachingBundles>();
        builder.Services.AddSingleton<ServedModels>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServedModels>());
    }
}
