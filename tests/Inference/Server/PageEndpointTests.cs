using System.Net;
using System.Text.RegularExpressions;
using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>What the page is made of, as any client gets it.</summary>
public sealed partial class PageEndpointTests
{
    private const string Key = "a key of some length";

    [Fact]
    public async Task The_page_asks_for_nothing_from_elsewhere_and_every_part_is_there()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        var html = await served.Client.GetStringAsync("/");
        Assert.Contains("<h1 ", html);
        Assert.DoesNotContain("http", html);
        Assert.DoesNotMatch("<style|style=|<script>| on[a-z]+=", html);
        Assert.Contains("/page/page.js", html);
        foreach (var part in PageEndpoints.Parts)
        {
            var text = await served.Client.GetStringAsync($"/page/{part}");
            Assert.All(Imports().Matches(text), import => Assert.Contains(import.Groups[1].Value, PageEndpoints.Parts));
        }
    }

    [Fact]
    public async Task The_policy_lets_the_page_run_its_own_scripts_and_WebAssembly_and_no_more()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        using var response = await served.Client.GetAsync("/");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';", policy);
        Assert.DoesNotContain("unsafe-inline", policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { BrowserModel = true });
        string[] paths = ["/", "/page/page.js", .. BrowserRuntime.IsInstalled ? new[] { "/v2/models/m/file" } : []];
        foreach (var path in paths)
        {
            using var first = await served.Client.GetAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await served.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        }
    }

    [Theory]
    [InlineData("/page/ServerApp.cs")]
    [InlineData("/page/..%2findex.html")]
    [InlineData("/runtime/packages.sha512")]
    [InlineData("/runtime/..%2f..%2fetc%2fpasswd")]
    [InlineData("/runtime/%2e%2e/OnnxPipeline.Inference.Server.dll")]
    public async Task Nothing_but_what_is_listed_is_given(string path)
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        Assert.Equal(404, (await served.GetAsync(path)).Status);
    }

    [Fact]
    public async Task With_a_key_only_the_page_is_open_and_it_asks_for_the_key_itself()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { ApiKey = Key, BrowserModel = true });
        foreach (var path in (string[])["/", "/page/page.js", "/page/page.css"]) Assert.Equal(HttpStatusCode.OK, (await served.Client.GetAsync(path)).StatusCode);
        foreach (var path in (string[])["/v2/models/m/card", "/v2/models/m/file", "/predict/input", "/metrics", "/v2"])
        {
            using var bare = await served.Client.GetAsync(path);
            Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (bare.StatusCode, bare.Headers.WwwAuthenticate.Single().Scheme));
            // A browser would show a form of its own for "Basic", over the page's.
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Api-Key", "another" } } };
            using var asked = await served.Client.SendAsync(request);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (asked.StatusCode, asked.Headers.WwwAuthenticate.Single().Scheme));
        }
    }

    [Fact]
    public async Task A_card_tells_what_the_model_says_of_itself()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("images/3", TestModels.Brightness());
            files.Put("price/1", TestTables.Model(regression: true));
            files.Put("tensors/1", TestModels.Brightness(softmax: false));
        });
        var card = (await served.GetAsync("/v2/models/images/card")).Body;
        Assert.Equal(("images", "3", "image", "cpu"), (card.GetProperty("model").GetString(), card.GetProperty("version").GetString(), card.GetProperty("kind").GetString(), card.GetProperty("device").GetString()));
        Assert.Equal("""{"name":"image","channels":1,"height":28,"width":28,"layout":"Chw"}""", card.GetProperty("image").GetRawText());
        Assert.Equal(TestModels.Brightness().Length, card.GetProperty("bytes").GetInt64());
        Assert.Equal(("table", "price"), ((await served.GetAsync("/v2/models/price/card")).Body.GetProperty("kind").GetString(), (await served.GetAsync("/v2/models/price/versions/1/card")).Body.GetProperty("target").GetString()));
        Assert.Equal("tensors", (await served.GetAsync("/v2/models/tensors/card")).Body.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_models_file_is_given_out_only_where_the_operator_says_so()
    {
        await using var kept = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        var (status, body) = await kept.GetAsync("/v2/models/m/file");
        Assert.Equal(403, status);
        Assert.Contains("--browser-model", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Only_a_model_that_a_browser_can_run_is_given_out()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("floats/1", TestModels.Brightness(input: ElementType.Float));
            files.Put("fixed/1", TestModels.Brightness(batch: 4));
            files.Put("rows/1", TestTables.Model());
            files.Put("m/1", TestModels.Brightness());
        }, options => options with { BrowserModel = true, Predictor = new() { Normalization = PixelNormalization.ZeroToOne } });
        foreach (var (model, why) in new[] { ("floats", "work before"), ("fixed", "fixed number"), ("rows", "only models of images") })
        {
            var (status, body) = await served.GetAsync($"/v2/models/{model}/file");
            Assert.Equal(403, status);
            Assert.Contains(why, body.GetProperty("error").GetString());
        }
        if (!BrowserRuntime.IsInstalled) return;
        Assert.Equal(TestModels.Brightness(), await served.Client.GetByteArrayAsync("/v2/models/m/file"));
        served.Files.Put("m/1", TestModels.Brightness(nan: true));
        Assert.Equal(409, (await served.GetAsync("/v2/models/m/file")).Status);
    }

    [Fact]
    public async Task Predict_takes_a_version()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("m/1", TestModels.Brightness());
            files.Put("m/2", TestTables.Model());
        });
        Assert.Equal("image", (await served.GetAsync("/predict/input?version=1")).Body.GetProperty("kind").GetString());
        Assert.Equal("table", (await served.GetAsync("/predict/input")).Body.GetProperty("kind").GetString());
        Assert.Equal(404, (await served.GetAsync("/predict/input?version=3")).Status);
        Assert.Equal(400, (await served.GetAsync("/predict/input?version=new")).Status);
    }

    [GeneratedRegex("""from "\./([^"]+)";""")]
    private static partial Regex Imports();
}
