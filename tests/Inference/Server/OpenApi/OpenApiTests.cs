using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Inference.Server.OpenApi;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.OpenApi;

public sealed class OpenApiTests
{
    private static readonly string[] Methods = ["get", "post", "put", "delete", "head"];

    [Fact]
    public async Task The_document_has_every_route_and_no_other()
    {
        await using var served = await StartAsync();
        var mapped = ((IEndpointRouteBuilder)served.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => !PageEndpoints.Holds(route.RoutePattern.RawText!) && route.RoutePattern.RawText != ApiDescription.Path)
            .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"));
        var document = await ReadAsync(served);
        var described = Operations(document).Select(o => $"{o.Method.ToUpperInvariant()} {o.Path}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own()
    {
        await using var served = await StartAsync();
        var document = await ReadAsync(served);
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString());
        var schemas = new JsonSchema(document);
        foreach (var reference in References(document)) schemas.Resolve(reference);
        string[] ids = [.. Operations(document).Select(o => o.Value.GetProperty("operationId").GetString()!)];
        Assert.Equal(ids.Distinct(), ids);
        // Parameters of an address are those that it names.
        Assert.All(Operations(document), o => Assert.Equal(
            o.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')),
            o.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "path").Select(p => p.GetProperty("name").GetString()!) : []));
    }

    [Fact]
    public async Task What_can_be_asked_for_is_answered_as_the_document_says()
    {
        await using var served = await StartAsync();
        var document = await ReadAsync(served);
        foreach (var (method, path, operation) in Operations(document).Where(o => o.Method == "get"))
        {
            foreach (var model in (string[])["images", "rows"])
            {
                var address = path.Replace("{model}", model, StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal);
                using var response = await served.Client.GetAsync(path == "/predict/input" ? $"{address}?model={model}" : address);
                await CheckAsync(document, operation, response, $"{method} {address}");
            }
        }
        // What may be missing is not what must be there, and the other way round.
        var required = document.GetProperty("components").GetProperty("schemas").GetProperty("ModelCard").GetProperty("required").EnumerateArray().Select(name => name.GetString()).ToHashSet();
        Assert.Superset(new HashSet<string?> { "model", "version", "kind", "device", "browser" }, required);
        Assert.DoesNotContain("threshold", required);
        using var none = await served.Client.GetAsync("/v2/models/none");
        await CheckAsync(document, document.GetProperty("paths").GetProperty("/v2/models/{model}").GetProperty("get"), none, "none");
    }

    [Fact]
    public async Task The_examples_work()
    {
        await using var served = await StartAsync();
        var document = await ReadAsync(served);
        var tried = new List<string>();
        foreach (var (_, path, operation) in Operations(document).Where(o => o.Value.TryGetProperty("requestBody", out _)))
        {
            if (!operation.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out var content) || !content.TryGetProperty("examples", out var examples)) continue;
            var schema = content.GetProperty("schema");
            foreach (var example in examples.EnumerateObject())
            {
                var value = example.Value.GetProperty("value");
                Assert.Empty(new JsonSchema(document).Check(value, schema));
                var address = path.Contains("{model}", StringComparison.Ordinal) ? path.Replace("{model}", example.Name, StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal) : $"{path}?model={example.Name}";
                using var response = await served.Client.PostAsync(address, new StringContent(value.GetRawText(), Encoding.UTF8, "application/json"));
                Assert.Equal(200, (int)response.StatusCode);
                await CheckAsync(document, operation, response, address);
                tried.Add(address);
            }
        }
        Assert.Superset(new HashSet<string> { "/v2/models/images/infer", "/v2/models/rows/versions/1/infer", "/predict?model=rows" }, tried.ToHashSet());
    }

    [Fact]
    public async Task The_bodies_of_predict_are_all_there_and_work()
    {
        await using var served = await StartAsync();
        var document = await ReadAsync(served);
        var predict = document.GetProperty("paths").GetProperty("/predict").GetProperty("post");
        (string Type, string Model, HttpContent Body)[] bodies =
        [
            ("image/*", "images", new ByteArrayContent(TestModels.UniformPng(0)) { Headers = { ContentType = new("image/png") } }),
            ("application/octet-stream", "images", new ByteArrayContent(TestModels.UniformPng(0)) { Headers = { ContentType = new("application/octet-stream") } }),
            ("multipart/form-data", "images", new MultipartFormDataContent { { new ByteArrayContent(TestModels.UniformPng(0)), "image", "a.png" } }),
            ("application/json", "rows", new StringContent("""{"age": 3, "colour": null, "member": true, "since": null}""", Encoding.UTF8, "application/json")),
            ("text/csv", "rows", new StringContent("age,colour,member,since\n3,red,yes,2001-02-03\n", Encoding.UTF8, "text/csv")),
            ("text/tab-separated-values", "rows", new StringContent("age,colour,member,since\n3,red,yes,2001-02-03\n", Encoding.UTF8, "text/tab-separated-values")),
        ];
        Assert.Equal(predict.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name), bodies.Select(b => b.Type));
        foreach (var (type, model, body) in bodies)
        {
            using var response = await served.Client.PostAsync($"/predict?model={model}", body);
            Assert.True(response.IsSuccessStatusCode, $"{type}: {await response.Content.ReadAsStringAsync()}");
            await CheckAsync(document, predict, response, type);
        }
    }

    [Fact]
    public async Task A_key_is_in_the_document_where_the_server_asks_for_one()
    {
        await using var open = await StartAsync();
        Assert.False((await ReadAsync(open)).GetProperty("components").TryGetProperty("securitySchemes", out _));
        await using var closed = await StartAsync(options => options with { ApiKey = "k" });
        Assert.Equal(401, (await closed.GetAsync("/openapi/v1.json")).Status);
        closed.Client.DefaultRequestHeaders.Add("X-Api-Key", "k");
        var document = await ReadAsync(closed);
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key");
        Assert.Equal(("apiKey", "header", "X-Api-Key"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
        Assert.All(Operations(document), o => Assert.Equal(!o.Path.StartsWith("/v2/health/", StringComparison.Ordinal), o.Value.TryGetProperty("security", out _) && o.Value.GetProperty("responses").TryGetProperty("401", out _)));
    }

    [Fact]
    public async Task A_document_that_does_not_exist_is_no_failure()
    {
        await using var served = await StartAsync();
        using var response = await served.Client.GetAsync("/openapi/v9.json");
        Assert.Equal(404, (int)response.StatusCode);
    }

    private static Task<ServedFolder> StartAsync(Func<ServerOptions, ServerOptions>? change = null) => ServedFolder.StartAsync(files =>
    {
        files.Put("images/1", TestModels.Brightness());
        files.Put("rows/1", TestTables.Model());
    }, change);

    private static async Task<JsonElement> ReadAsync(ServedFolder served)
    {
        var (status, document) = await served.GetAsync("/openapi/v1.json");
        Assert.Equal(200, status);
        return document;
    }

    private static IEnumerable<(string Method, string Path, JsonElement Value)> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Where(o => Methods.Contains(o.Name)).Select(o => (o.Name, path.Name, o.Value)));

    private static IEnumerable<JsonElement> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty("$ref", out _) ? [element] : element.EnumerateObject().SelectMany(p => References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    /// <summary>The status is one that the operation tells of, and JSON is what it says.</summary>
    private static async Task CheckAsync(JsonElement document, JsonElement operation, HttpResponseMessage response, string what)
    {
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{(int)response.StatusCode}", out var answer), $"{what} answered {(int)response.StatusCode}, of which the document says nothing.");
        if (response.Content.Headers.ContentLength is null or 0) return;
        var type = response.Content.Headers.ContentType!.MediaType!;
        var schema = answer.GetProperty("content").GetProperty(type).GetProperty("schema");
        if (type == "application/json") Assert.Empty(new JsonSchema(document).Check(JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync()), schema, what));
    }
}
