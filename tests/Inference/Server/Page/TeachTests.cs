using System.Globalization;
using Microsoft.Playwright;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>The tab in which a person teaches the model, in a browser for real.</summary>
[Collection(PageFixture.Name)]
public sealed class TeachTests(PageFixture fixture)
{
    private const string Address = "/?model=handwriting";
    private static readonly (double X, double Y)[] Triangle = [(0.5, 0), (1, 0.9), (0, 0.9), (0.5, 0)];

    [BrowserModelFact]
    public async Task A_new_class_is_taught_in_the_browser_and_the_model_runs_in_the_library()
    {
        await using var page = await fixture.OpenAsync(Address);
        await page["#tab-teach"].ClickAsync();
        await page.ExpectTextAsync("#teach-status", "Ready.");
        var asked = new List<string>();
        page.Page.Request += (_, request) => asked.Add($"{request.Method} {request.Url}");

        // Digits that the model knows, as files.
        var random = new Random(5);
        var digits = Enumerable.Range(0, 30).Select(i => (Digit: i / 3, Name: $"{i / 3}-{i % 3}.png", Bytes: Png(DigitStrokes.Vary(i / 3, random)))).ToArray();
        foreach (var some in digits.GroupBy(d => d.Digit))
        {
            await page["#teach-class"].SelectOptionAsync($"{some.Key}");
            await page.ChooseAsync([.. some.Select(d => (d.Name, d.Bytes))]);
            await page.ExpectTextAsync("#teach-status", "3 images added.");
            await Assertions.Expect(page["#teach-tiles li"]).ToHaveCountAsync(3 * (some.Key + 1));
        }
        // Triangles, which it does not, by mouse.
        await page["#teach-class"].SelectOptionAsync("new");
        await page["#teach-name"].FillAsync("triangle");
        for (var i = 0; i < 9; i++)
        {
            await page.DrawAsync(Varied(random));
            await page["#teach-add"].ClickAsync();
            await Assertions.Expect(page["#teach-tiles li"]).ToHaveCountAsync(31 + i);
        }
        await page.ExpectTextAsync("#teach-counts", "26 to learn from, 13 held out.");

        await page["#teach-start"].ClickAsync();
        await page.ExpectTextAsync("#teach-status", "Trained.");
        var (before, after) = (await ShareAsync(page, "#teach-before"), await ShareAsync(page, "#teach-after"));
        Assert.InRange(before, 0, 80);
        Assert.InRange(after, 95, 100);
        Assert.True(after > before);
        await page.DrawAsync(Varied(random));
        await page.ExpectTextAsync("#teach-answer", "The model says triangle");

        var download = await page.Page.RunAndWaitForDownloadAsync(() => page["#teach-download"].ClickAsync());
        Assert.Equal("handwriting.taught.onnx", download.SuggestedFilename);
        using var folder = new TempFolder();
        await download.SaveAsAsync(folder.File("taught.onnx"));
        using var model = Predictor.Open(folder.File("taught.onnx"));
        Assert.Equal("triangle", model.Labels[10]);
        var shown = await page["#teach-tiles .share"].AllTextContentsAsync();
        foreach (var (digit, answer) in digits.Zip(shown))
        {
            var best = model.Predict(digit.Bytes).Top;
            var parts = answer["now: ".Length..].Split(", ");
            Assert.Equal(best.Label, parts[0]);
            Assert.Equal(100 * best.Probability, double.Parse(parts[1].TrimEnd('%', ' '), CultureInfo.InvariantCulture), 0.11);
        }
        // Nothing but the page's own live figures was asked of the server, and nothing was sent to it.
        Assert.DoesNotContain(asked, request => !request.StartsWith("GET ", StringComparison.Ordinal));
    }

    [BrowserModelFact]
    public async Task Training_can_be_stopped_and_all_of_it_undone()
    {
        await using var page = await fixture.OpenAsync(Address);
        await page["#tab-teach"].ClickAsync();
        await page.ExpectTextAsync("#teach-status", "Ready.");
        await page["#teach-class"].SelectOptionAsync("7");
        var random = new Random(6);
        await page.ChooseAsync([.. Enumerable.Range(0, 4).Select(i => ($"{i}.png", Png(DigitStrokes.Vary(7, random))))]);
        await page.ExpectTextAsync("#teach-counts", "3 to learn from, 1 held out.");
        await page["#teach summary >> nth=-1"].ClickAsync();
        await page["#teach-passes"].FillAsync("1000");
        await page["#teach-start"].ClickAsync();
        await Assertions.Expect(page["#teach-stop"]).ToBeEnabledAsync();
        await page["#teach-stop"].ClickAsync();
        await page.ExpectTextAsync("#teach-status", "Stopped.");

        await page["#teach-tiles button >> nth=0"].ClickAsync();
        await Assertions.Expect(page["#teach-tiles li"]).ToHaveCountAsync(3);
        await page["#teach-reset"].ClickAsync();
        await page.ExpectTextAsync("#teach-status", "The model is as it was.");
        await Assertions.Expect(page["#teach-tiles li"]).ToHaveCountAsync(0);
        Assert.True(await page["#teach-start"].IsDisabledAsync());
    }

    [BrowserModelFact]
    public async Task By_keyboard_and_on_a_phone_a_class_is_taught_too()
    {
        await using var page = await fixture.OpenAsync(Address, context: new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await page.ExpectVisibleAsync("#tab-ask");
        await page["#tab-ask"].FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("tab-teach", await page.Page.EvaluateAsync<string>("() => document.activeElement.id"));
        Assert.Equal("true", await page["#tab-teach"].GetAttributeAsync("aria-selected"));
        await page.ExpectTextAsync("#teach-status", "Ready.");
        await page["#canvas"].FocusAsync();
        foreach (var key in (string[])["Space", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "Space"]) await page.Page.Keyboard.PressAsync(key);
        await page["#teach-name"].FocusAsync();
        await page.Page.Keyboard.TypeAsync("corner");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page["#teach-tiles li"]).ToHaveCountAsync(1);
        await page.ExpectTextAsync("#teach-tiles", "corner");
        // Nothing is wider than the phone.
        Assert.True(await page.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"));
        await page["#tab-ask"].ClickAsync();
        await page.ExpectHiddenAsync("#teach");
        await page.ExpectVisibleAsync("#ask #canvas");
    }

    [PageFact]
    public async Task A_model_without_a_bundle_has_no_such_tab()
    {
        await using var page = await fixture.OpenAsync();
        await page.ExpectVisibleAsync("#canvas");
        await page.ExpectHiddenAsync("#tabs");
    }

    private static (double X, double Y)[] Varied(Random random) => [.. Triangle.Select(p => (p.X + 0.1 * (random.NextDouble() - 0.5), p.Y + 0.1 * (random.NextDouble() - 0.5)))];

    private static byte[] Png(IReadOnlyList<(double X, double Y)> stroke) => TestImages.GreyPng(TestModels.Side, TestModels.Side, [.. DigitModel.Draw(stroke).Select(ink => (byte)(255 * ink))]);

    private static async Task<double> ShareAsync(OpenedPage page, string selector) => double.Parse((await page[selector].TextContentAsync())!.TrimEnd('%', ' '), CultureInfo.InvariantCulture);
}
