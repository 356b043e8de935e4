using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.OpenApi;
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
        app.Use(RequestId.Apply);
        app.Use(SecurityHeaders.Apply);
        app.Use(ErrorResponses.Apply);
        if (options.RateLimit > 0) app.UseRateLimiter();
        app.Use(SameOrigin.Apply);
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
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(options.Listen, listen =>
            {
                if (options.Certificate is { } certificate) listen.UseHttps(certificate);
            });
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainDelay + options.DrainTimeout);
        Compression.Add(builder.Services);
        if (options.Tracing is { } tracing) TraceExport.Add(builder.Services, tracing);
        if (options.RateLimit > 0) builder.Services.AddRateLimiter(limiter => RateLimit.Configure(limiter, options.RateLimit));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddSingleton<ServedModels>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServedModels>());
    }
}
