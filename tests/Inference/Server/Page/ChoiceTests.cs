using Microsoft.Playwright;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Page;

[Collection(PageFixture.Name)]
public sealed class ChoiceTests(PageFixture fixture)
{
    private const string Key = "a key of some length";

    [PageFact]
    public async Task Models_and_versions_are_chosen_and_kept_in_the_address()
    {
        await using var page = await fixture.OpenAsync();
        await Assertions.Expect(page["#version"]).ToHaveValueAsync("2");
        await page.ExpectTextAsync("#facts", "10: 0, 1, 2");
        await page["#version"].SelectOptionAsync("1");
        await page.ExpectTextAsync("#facts", "3: dark, bright, middle");
        Assert.EndsWith("?model=digits&version=1", page.Page.Url, StringComparison.Ordinal);
        await page["#model"].SelectOptionAsync("tensors");
        await page.ExpectTextAsync("#tensors", "/v2/models/tensors/versions/1/infer");
        await page.ExpectHiddenAsync("#answer");
        await page["#model"].SelectOptionAsync("rows");
        await page.ExpectVisibleAsync("#row");
        await page.ExpectHiddenAsync("#image");
    }

    [PageFact]
    public async Task A_row_of_a_table_is_typed_and_answered()
    {
        await using var page = await fixture.OpenAsync("/?model=rows", complaint: "400");
        await FillRowAsync(page, "20");
        await page.ExpectTextAsync("#headline", $"yes, {100 * TestTables.Yes(2 + 2 + 2 + 1):0.0} %");
        await page.ExpectTextAsync("#bars .top th", "yes");
        await page["#fields"].GetByLabel("age").FillAsync("many");
        await page["#row button"].ClickAsync();
        await page.ExpectTextAsync("#headline.error", "age");
        await page["#model"].SelectOptionAsync("price");
        await page.ExpectTextAsync("#heading", "Predict price");
        await FillRowAsync(page, "20");
        await page.ExpectTextAsync("#headline", "price: 7");
    }

    [PageFact]
    public async Task A_server_that_keeps_its_models_says_how_to_have_them_in_the_browser()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), socket: true);
        await using var page = await fixture.OpenAsync("/", of: served);
        await page.ExpectTextAsync("#browser-note", "--browser-model");
        // One model and one version are no choice.
        await page.ExpectHiddenAsync("#choice");
        await page.ChooseAsync(("a.png", TestModels.UniformPng(255)));
        await page.ExpectTextAsync("#headline", "bright");
        await page.ExpectHiddenAsync("#bars th.browser");
    }

    [PageFact]
    public async Task A_key_is_asked_for_and_kept_nowhere_but_in_memory()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { ApiKey = Key, BrowserModel = true }, socket: true);
        await using var page = await fixture.OpenAsync("/", of: served, complaint: "401");
        await page.ExpectVisibleAsync("#key");
        await page.Page.Keyboard.TypeAsync("another");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ExpectVisibleAsync("#key-wrong");
        await page.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(Key);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ExpectVisibleAsync("#pad");
        await page.ExpectHiddenAsync("#key");
        await page.ChooseAsync(("a.png", TestModels.UniformPng(0)));
        await page.ExpectTextAsync("#headline", "dark");
        Assert.Equal("0 0 ", await page.Page.EvaluateAsync<string>("() => `${localStorage.length} ${sessionStorage.length} ${document.cookie}`"));
        await page.Page.ReloadAsync();
        await page.ExpectVisibleAsync("#key");
    }

    [PageFact]
    public async Task Live_figures_follow_the_requests()
    {
        await using var page = await fixture.OpenAsync("/?model=digits&version=1");
        await page.ExpectTextAsync("#figures", "Requests a second");
        // Requests until the figures, which are of the last seconds, have some.
        await page.Page.EvaluateAsync("""
            async () => {
              const { predict } = await import("/page/api.js");
              const image = await new OffscreenCanvas(28, 28).getContext("2d").canvas.convertToBlob();
              const shown = () => document.querySelector("#figures div:nth-child(2) dd").textContent;
              while (!/ m?s$/.test(shown())) await predict({ model: "digits", version: "1" }, image, "image/png");
            }
            """);
        await page["#pause"].ClickAsync();
        Assert.Equal("true", await page["#pause"].GetAttributeAsync("aria-pressed"));
    }

    [PageFact]
    public async Task Quantiles_are_read_off_within_the_bucket()
    {
        await using var page = await fixture.OpenAsync();
        var quantiles = await page.Page.EvaluateAsync<double?[]>("""
            async () => {
              const { quantile } = await import("/page/histogram.js");
              const before = [[1, 5], [2, 5], [4, 5], [Infinity, 5]];
              const after = [[1, 5], [2, 15], [4, 15], [Infinity, 16]];
              return [quantile(before, after, 0.5), quantile(before, after, 1), quantile(before, before, 0.5)];
            }
            """);
        // Ten of eleven between 1 and 2, so that the median is 5.5 of these ten into it; one beyond 4; and none at all.
        Assert.Equal([1.55, 4, null], quantiles);
    }

    private static async Task FillRowAsync(OpenedPage page, string age)
    {
        await page["#fields"].GetByLabel("age").FillAsync(age);
        await page["#fields"].GetByLabel("colour").FillAsync("red");
        await page["#fields"].GetByLabel("member").SelectOptionAsync("true");
        await page["#fields"].GetByLabel("since").FillAsync("2001-02-03");
        await page.Page.Keyboard.PressAsync("Enter");
    }
}
