using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OnnxPipeline.Inference.Server.Tracing;

/// <summary>Sends spans to a collector while the server runs, and what is left when it has stopped. Nothing here is touched where tracing is off.</summary>
internal sealed class TraceExport(TracingOptions options) : IHostedService, IDisposable
{
    private const string TracesPath = "/v1/traces";

    private TracerProvider? _provider;

    // Inlined, this would load OpenTelemetry's assemblies for a server that traces nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add(IServiceCollection services, TracingOptions options) => services.AddHostedService(_ => new TraceExport(options));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(RequestSpan.SourceName, WorkSpans.Source.Name)
            // The environment has the last word: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(ServerApp.Name, serviceVersion: ServerApp.Version).AddTelemetrySdk().AddEnvironmentVariableDetector())
            .AddOtlpExporter(SetEndpoint)
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _provider?.Dispose();

    private void SetEndpoint(OtlpExporterOptions exporter)
    {
        if (options.Endpoint is not { } endpoint) return;
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, TracesPath) : endpoint;
    }
}
