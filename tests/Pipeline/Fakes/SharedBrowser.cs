using Microsoft.Playwright;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A browser for tests that come one after the other, started by the first that opens a page.</summary>
public sealed class SharedBrowser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Looks at a page that knows nothing of those before it.</summary>
    internal async Task UseAsync(Func<IPage, Task> look)
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path, Args = ["--no-sandbox"] });
        await using var context = await _browser.NewContextAsync();
        await look(await context.NewPageAsync());
    }
}
