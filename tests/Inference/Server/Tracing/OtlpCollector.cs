using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OnnxPipeline.Inference.Server.Tests.Tracing;

/// <summary>A span as it came over the wire.</summary>
internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name, int Kind, ulong Start, ulong End, IReadOnlyDictionary<string, string> Tags, int Status, string Service);

/// <summary>Takes traces by OTLP over HTTP, as a collector does. Field numbers are those of opentelemetry-proto's trace.proto.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Span> _spans = new();

    private OtlpCollector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public IReadOnlyList<Span> Of(string traceId) => [.. _spans.Where(span => span.TraceId == traceId)];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new OtlpCollector(builder.Build());
        collector._app.MapPost("/v1/traces", collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var resource in new Message(body.ToArray()).Messages(1))
        {
            var service = TagsOf(resource.Messages(1).Single(), 1)["service.name"];
            foreach (var span in resource.Messages(2).SelectMany(scope => scope.Messages(2))) _spans.Enqueue(Read(span, service));
        }
    }

    private static Span Read(Message span, string service) => new(
        Convert.ToHexStringLower(span.Bytes(1)), Convert.ToHexStringLower(span.Bytes(2)), Convert.ToHexStringLower(span.Bytes(4)), Encoding.UTF8.GetString(span.Bytes(5)), (int)span.Number(6), span.Number(7), span.Number(8),
        TagsOf(span, 9), (int)(span.Messages(15).FirstOrDefault()?.Number(3) ?? 0), service);

    private static Dictionary<string, string> TagsOf(Message owner, int field) => owner.Messages(field).ToDictionary(tag => Encoding.UTF8.GetString(tag.Bytes(1)), tag =>
    {
        var value = tag.Messages(2).Single();
        return value.Has(1) ? Encoding.UTF8.GetString(value.Bytes(1)) : $"{(long)value.Number(3)}";
    });

    /// <summary>A protobuf message without its schema.</summary>
    private sealed class Message
    {
        private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

        public Message(byte[] bytes)
        {
            var input = new CodedInputStream(bytes);
            while (input.ReadTag() is > 0 and var tag)
            {
                var field = WireFormat.GetTagFieldNumber(tag);
                _fields.Add(WireFormat.GetTagWireType(tag) switch
                {
                    WireFormat.WireType.LengthDelimited => (field, 0, input.ReadBytes().ToByteArray()),
                    WireFormat.WireType.Fixed64 => (field, input.ReadFixed64(), []),
                    WireFormat.WireType.Fixed32 => (field, input.ReadFixed32(), []),
                    _ => (field, input.ReadUInt64(), []),
                });
            }
        }

        public bool Has(int field) => _fields.Any(f => f.Field == field);

        public byte[] Bytes(int field) => _fields.FirstOrDefault(f => f.Field == field).Bytes ?? [];

        public ulong Number(int field) => _fields.FirstOrDefault(f => f.Field == field).Number;

        public IEnumerable<Message> Messages(int field) => _fields.Where(f => f.Field == field).Select(f => new Message(f.Bytes));
    }
}
