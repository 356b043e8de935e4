using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnnxPipeline.Inference.Server.Tracing;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Tracing;

public sealed class TracingTests
{
    private const int ServerKind = 2;
    private const int InternalKind = 1;
    private const int ErrorStatus = 2;

    [Fact]
    public async Task A_request_its_wait_and_its_run_are_spans_of_the_clients_trace()
    {
        var (trace, client) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        var spans = await TraceAsync(trace, client, "01", "/predict?model=m&secret=1", TestModels.UniformPng(0));

        var request = Assert.Single(spans, s => s.Kind == ServerKind);
        Assert.Equal((client, "POST /predict", "onnx-pipeline", 0), (request.ParentId, request.Name, request.Service, request.Status));
        var expected = new Dictionary<string, string>
        {
            ["http.request.method"] = "POST", ["url.path"] = "/predict", ["url.scheme"] = "http", ["http.route"] = "/predict", ["http.response.status_code"] = "200", ["server.address"] = "127.0.0.1", ["model.name"] = "m", ["model.version"] = "3",
        };
        Assert.All(expected, tag => Assert.Equal(tag.Value, request.Tags.GetValueOrDefault(tag.Key)));
        Assert.DoesNotContain(request.Tags.Values, value => value.Contains("secret", StringComparison.Ordinal));

        foreach (var name in (string[])["queue", "compute"])
        {
            var span = Assert.Single(spans, s => s.Name == name);
            Assert.Equal((request.SpanId, InternalKind, "m", "3"), (span.ParentId, span.Kind, span.Tags["model.name"], span.Tags["model.version"]));
            Assert.True(span.Start <= span.End, $"{name} ends before it begins");
        }
        Assert.Equal("1", spans.Single(s => s.Name == "compute").Tags["model.batch_size"]);
        Assert.Equal(3, spans.Count);
    }

    [Fact]
    public async Task A_trace_that_the_client_does_not_sample_is_not_sent()
    {
        Assert.Empty(await TraceAsync(ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString(), "00", "/predict", TestModels.UniformPng(0)));
    }

    [Theory]
    [InlineData("/predict", "no image", "400", 0)]
    [InlineData("/predict?model=none", "", "404", 0)]
    [InlineData("/v2/models/unloaded/infer", "{}", "503", ErrorStatus)]
    public async Task Failures_are_told_and_only_the_servers_own_are_errors(string path, string body, string status, int expected)
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var request = Assert.Single(await TraceAsync(trace, ActivitySpanId.CreateRandom().ToHexString(), "01", path, System.Text.Encoding.UTF8.GetBytes(body)), s => s.Kind == ServerKind);
        Assert.Equal((status, expected), (request.Tags["http.response.status_code"], request.Status));
        Assert.Equal(expected == ErrorStatus ? status : null, request.Tags.GetValueOrDefault("error.type"));
    }

    [Fact]
    public async Task A_server_that_is_not_told_to_trace_has_nothing_that_could()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        Assert.DoesNotContain(served.App.Services.GetServices<IHostedService>(), service => service is TraceExport);
    }

    /// <summary>Sends one request to a server that traces to a collector, stops it, and gives the spans of the trace.</summary>
    private static async Task<IReadOnlyList<Span>> TraceAsync(string trace, string span, string flags, string path, byte[] body)
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using (var served = await ServedFolder.StartAsync(files => { files.Put("m/3", TestModels.Brightness()); files.Put("unloaded/1", TestModels.Brightness()); },
            options => options with { Tracing = new TracingOptions { Endpoint = collector.Address }, AllowModelControl = true }, socket: true))
        {
            await served.PostAsync("/v2/repository/models/unloaded/unload");
            using var request = new HttpRequestMessage(HttpMethod.Post, path.Contains("model", StringComparison.Ordinal) ? path : $"{path}?model=m") { Content = new ByteArrayContent(body) };
            request.Headers.Add("traceparent", $"00-{trace}-{span}-{flags}");
            using var response = await served.Client.SendAsync(request);
            // A span ends after its response has gone out; a server that stops, rather than being torn down, waits for that.
            await served.App.StopAsync();
        }
        return collector.Of(trace);
    }
}
