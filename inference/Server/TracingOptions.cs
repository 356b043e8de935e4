namespace OnnxPipeline.Inference.Server;

/// <summary>Where traces go: a collector that speaks OTLP, OpenTelemetry's protocol.</summary>
public sealed record TracingOptions
{
    /// <summary>The collector, asked by OTLP over HTTP, for example http://127.0.0.1:4318; null for what the OTEL_EXPORTER_OTLP_… variables of the environment say.</summary>
    public Uri? Endpoint { get; init; }
}
