using Microsoft.Playwright;

namespace OnnxPipeline.Inference.Server.Tests.Page;

[Collection(PageFixture.Name)]
public sealed class DrawingTests(PageFixture fixture)
{
    [PageFact]
    public async Task A_digit_that_is_drawn_gets_its_label()
    {
        await using var page = await fixture.OpenAsync();
        foreach (var digit in (int[])[0, 2, 4, 7])
        {
            await page.DrawAsync(digit);
            await page.ExpectTextAsync("#headline", $"{digit}, ");
            await page.ExpectTextAsync("#bars .top th", $"{digit}");
            await page["#clear"].ClickAsync();
            await page.ExpectTextAsync("#headline", "Nothing has been asked yet.");
            await page.ExpectHiddenAsync("#bars");
        }
    }

    [PageFact]
    public async Task A_small_digit_in_a_corner_is_sized_and_centred()
    {
        await using var page = await fixture.OpenAsync();
        await page.DrawAsync(7, left: 0.05, top: 0.7, size: 0.2);
        await page.ExpectTextAsync("#headline", "7, ");
        await page["#image summary"].ClickAsync();
        await page["#center"].UncheckAsync();
        await Assertions.Expect(page["#headline"]).Not.ToContainTextAsync("7, 9", new() { Timeout = 60_000 });
    }

    [BrowserModelFact]
    public async Task The_browser_answers_as_the_server_does()
    {
        await using var page = await fixture.OpenAsync();
        foreach (var digit in (int[])[3, 8])
        {
            await page["#clear"].ClickAsync();
            await page.DrawAsync(digit);
            // Both answer while the pen moves too, each in its own time; in the end they have answered the same drawing.
            await OpenedPage.UntilAsync(async () => (await page["#agreement"].TextContentAsync())!.Contains("Server and browser agree", StringComparison.Ordinal)
                && (await page["#bars td.server .value"].AllTextContentsAsync()).SequenceEqual(await page["#bars td.browser .value"].AllTextContentsAsync()));
        }
        await page["#browser-use"].UncheckAsync();
        await page.ExpectHiddenAsync("#bars th.browser");
    }

    [PageFact]
    public async Task A_finger_draws_too_and_undo_takes_the_last_stroke_away()
    {
        await using var page = await fixture.OpenAsync(context: new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true });
        await page.ExpectVisibleAsync("#canvas");
        // A finger on the pad draws rather than scrolls the page.
        Assert.Equal("none", await page["#canvas"].EvaluateAsync<string>("e => getComputedStyle(e).touchAction"));
        await page.DrawAsync(1);
        await page.ExpectTextAsync("#headline", "1, ");
        await page["#canvas"].TapAsync(new() { Position = new() { X = 20, Y = 20 } });
        await page["#undo"].ClickAsync();
        await page.ExpectTextAsync("#headline", "1, ");
        await page["#undo"].ClickAsync();
        await page.ExpectTextAsync("#headline", "Nothing has been asked yet.");
    }

    [PageFact]
    public async Task Without_a_mouse_the_keys_draw()
    {
        await using var page = await fixture.OpenAsync();
        await page.ExpectVisibleAsync("#canvas");
        // Skip link, model, version, then the pad: nothing in between holds the focus.
        for (var i = 0; i < 4; i++) await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("canvas", await page.Page.EvaluateAsync<string>("() => document.activeElement.id"));
        for (var i = 0; i < 7; i++) await page.Page.Keyboard.PressAsync("ArrowUp");
        await page.Page.Keyboard.PressAsync("Space");
        for (var i = 0; i < 14; i++) await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Space");
        await page.ExpectTextAsync("#headline", "1, ");
        // A screen reader is told once the answer has settled.
        await page.ExpectTextAsync("#spoken", "1, ");
        await page.Page.Keyboard.PressAsync("Delete");
        await page.ExpectTextAsync("#spoken", "Nothing has been asked yet.");
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("undo", await page.Page.EvaluateAsync<string>("() => document.activeElement.id"));
    }
}
