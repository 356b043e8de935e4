using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Page;

[Collection(PageFixture.Name)]
public sealed class FileTests(PageFixture fixture)
{
    // Version 1 of "digits" tells dark from bright images.
    private const string Brightness = "/?model=digits&version=1";

    /// <summary>Hands files to the page as the given event does.</summary>
    private const string Hand = """
        ([type, files]) => {
          const data = new DataTransfer();
          for (const [name, bytes] of files) data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, { type: "image/png" }));
          document.dispatchEvent(type === "paste" ? new ClipboardEvent(type, { clipboardData: data, bubbles: true }) : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """;

    [PageFact]
    public async Task An_image_may_be_chosen_dropped_or_pasted()
    {
        await using var page = await fixture.OpenAsync(Brightness);
        await page.ExpectVisibleAsync("#pad");
        await page.ChooseAsync(("white.png", TestModels.UniformPng(255)));
        await page.ExpectTextAsync("#headline", "bright, 9");
        await HandAsync(page, "drop", [("black.png", 0)]);
        await page.ExpectTextAsync("#headline", "dark, 9");
        await HandAsync(page, "paste", [("grey.png", 127)]);
        await page.ExpectTextAsync("#headline", "middle, ");
        Assert.Equal("The image grey.png", await page["#preview"].GetAttributeAsync("alt"));
    }

    [PageFact]
    public async Task Many_images_become_tiles_in_their_order_and_a_table()
    {
        await using var page = await fixture.OpenAsync(Brightness, complaint: "400");
        await page.ExpectVisibleAsync("#pad");
        (string Name, byte Value)[] files = [.. Enumerable.Range(0, 24).Select(i => ($"image {i}, \"quoted\".png", (byte)(i % 2 * 255)))];
        await page.ChooseAsync([.. files.Select(f => (f.Name, TestModels.UniformPng(f.Value))), ("text.png", "no image"u8.ToArray())]);
        await page.ExpectTextAsync("#batch-status", "24 of 25 images answered.");
        string[] expected = [.. files.Select(f => f.Value == 0 ? "dark" : "bright"), "no answer"];
        Assert.Equal(expected, await page["#tiles strong"].AllTextContentsAsync());
        await page.ExpectTextAsync("#tiles .failed", "not an image");
        Assert.Equal("batch", await page.Page.EvaluateAsync<string>("() => document.activeElement.id"));

        var download = await page.Page.RunAndWaitForDownloadAsync(() => page["#batch-csv"].ClickAsync());
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n");
        Assert.Equal("file,label,probability,dark,bright,middle,error", lines[0]);
        Assert.StartsWith("\"image 0, \"\"quoted\"\".png\",dark,0.9", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("text.png,,,,,,", lines[25], StringComparison.Ordinal);
        await page["#batch-clear"].ClickAsync();
        await page.ExpectHiddenAsync("#batch");
    }

    [PageFact]
    public async Task Many_images_may_be_dropped()
    {
        await using var page = await fixture.OpenAsync(Brightness);
        await page.ExpectVisibleAsync("#pad");
        await HandAsync(page, "drop", [("a.png", 0), ("b.png", 255), ("c.png", 0)]);
        await page.ExpectTextAsync("#batch-status", "3 of 3 images answered.");
        Assert.Equal(["dark", "bright", "dark"], await page["#tiles strong"].AllTextContentsAsync());
    }

    [PageFact]
    public async Task A_file_that_is_no_image_is_told_of()
    {
        await using var page = await fixture.OpenAsync(Brightness, complaint: "400");
        await page.ExpectVisibleAsync("#pad");
        await page.ChooseAsync(("a.png", "no image"u8.ToArray()));
        await page.ExpectTextAsync("#headline.error", "not an image");
    }

    private static async Task HandAsync(OpenedPage page, string type, (string Name, byte Value)[] files) =>
        await page.Page.EvaluateAsync(Hand, new object[] { type, files.Select(f => new[] { f.Name, Convert.ToBase64String(TestModels.UniformPng(f.Value)) }).ToArray() });
}
