using System.Diagnostics;
using Microsoft.Playwright;

namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>The server's page in a browser. Whatever the browser complains of, or asks of anyone else, fails the test at its end.</summary>
internal sealed class OpenedPage(IPage page, Uri server) : IAsyncDisposable
{
    // The machine may be slow, and busy with other tests.
    private const float Patience = 60_000;
    private readonly List<string> _complaints = [];

    public IPage Page => page;

    /// <summary>Complaints that are part of a test, by what they contain.</summary>
    public string? Expected { get; init; }

    public ILocator this[string selector] => page.Locator(selector);

    public async Task OpenAsync(string path = "/")
    {
        page.SetDefaultTimeout(Patience);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") Complain(message.Text); };
        page.PageError += (_, error) => Complain(error);
        page.Request += (_, request) => { if (new Uri(request.Url) is { Scheme: "http" or "https" } address && address.Authority != server.Authority) Complain($"asked for {address}"); };
        await page.GotoAsync(new Uri(server, path).AbsoluteUri);
    }

    public Task ExpectTextAsync(string selector, string text) => Assertions.Expect(page.Locator(selector)).ToContainTextAsync(text, new() { Timeout = Patience });

    /// <summary>Waits for what no single expectation says.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(50)) Assert.True(clock.Elapsed < TimeSpan.FromMilliseconds(Patience), "waited too long");
    }

    public Task ExpectVisibleAsync(string selector) => Assertions.Expect(page.Locator(selector)).ToBeVisibleAsync(new() { Timeout = Patience });

    public Task ExpectHiddenAsync(string selector) => Assertions.Expect(page.Locator(selector)).ToBeHiddenAsync(new() { Timeout = Patience });

    /// <summary>Chooses files as the file dialog would hand them over.</summary>
    public Task ChooseAsync(params (string Name, byte[] Bytes)[] files) =>
        page.Locator("#file").SetInputFilesAsync(files.Select(file => new FilePayload { Name = file.Name, MimeType = "image/png", Buffer = file.Bytes }).ToArray());

    /// <summary>Draws a digit with the mouse.</summary>
    /// <param name="digit">Which.</param>
    /// <param name="left">Where its box begins, in shares of the pad.</param>
    /// <param name="top">Likewise.</param>
    /// <param name="size">How large its box is, likewise.</param>
    public Task DrawAsync(int digit, double left = 0.25, double top = 0.2, double size = 0.6) => DrawAsync(DigitStrokes.Of(digit), left, top, size);

    /// <summary>As <see cref="DrawAsync(int, double, double, double)"/>, a line through points of the unit square.</summary>
    public async Task DrawAsync(IReadOnlyList<(double X, double Y)> line, double left = 0.25, double top = 0.2, double size = 0.6)
    {
        await page.Locator("#canvas").ScrollIntoViewIfNeededAsync();
        var pad = (await page.Locator("#canvas").BoundingBoxAsync())!;
        foreach (var (index, (x, y)) in line.Index())
        {
            await page.Mouse.MoveAsync((float)(pad.X + pad.Width * (left + size * x)), (float)(pad.Y + pad.Height * (top + size * y)), new() { Steps = index == 0 ? 1 : 2 });
            if (index == 0) await page.Mouse.DownAsync();
        }
        await page.Mouse.UpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await page.Context.CloseAsync();
        Assert.Empty(_complaints);
    }

    private void Complain(string text)
    {
        if (Expected is null || !text.Contains(Expected, StringComparison.Ordinal)) _complaints.Add(text);
    }
}
