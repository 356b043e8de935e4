using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server;

/// <summary>The HTTP server: KServe V2 (Open Inference Protocol) under /v2, images and rows of tables at /predict, a page at /.</summary>
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
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Listen(options.Listen);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<ServedModels>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServedModels>());
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Use(SecurityHeaders.Apply);
        app.Use(ErrorResponses.Apply);
        HealthEndpoints.Map(app);
        MetadataEndpoints.Map(app);
        InferEndpoint.Map(app);
        PredictEndpoint.Map(app);
        PageEndpoints.Map(app);
        return app;
    }
}
