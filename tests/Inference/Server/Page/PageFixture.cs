using Microsoft.Playwright;
using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>A browser, and a server on a real socket: "digits" in two versions, of which the page may have the file; "price" and "rows", models of tables; "tensors"; "handwriting", which the page may teach.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    /// <summary>The tests that share it.</summary>
    public const string Name = "page";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal ServedFolder Served { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null) return;
        var digits = DigitModel.Train();
        Served = await ServedFolder.StartAsync(files =>
        {
            files.Put("digits/1", TestModels.Brightness());
            files.Put("digits/2", digits);
            files.Put("price/1", TestTables.Model(regression: true));
            files.Put("rows/1", TestTables.Model());
            files.Put("tensors/1", TestModels.Brightness(softmax: false));
            files.Put("handwriting/1", digits);
            files.PutBundle("handwriting/1", BundleBuilder.Build(Model.Parse(digits), new BundleOptions { SpareClasses = 1, Optimizer = new AdamWOptions { LearningRate = 0.01 } }));
        }, options => options with { BrowserModel = true }, socket: true);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        if (Served is not null) await Served.DisposeAsync();
    }

    internal async Task<OpenedPage> OpenAsync(string path = "/?model=digits", BrowserNewContextOptions? context = null, ServedFolder? of = null, string? complaint = null)
    {
        var opened = new OpenedPage(await (await _browser!.NewContextAsync(context)).NewPageAsync(), (of ?? Served).Client.BaseAddress!) { Expected = complaint };
        await opened.OpenAsync(path);
        return opened;
    }
}

[CollectionDefinition(PageFixture.Name)]
public sealed class PageGroup : ICollectionFixture<PageFixture>;

/// <summary>A test of the page, skipped with the reason where there is no browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class PageFactAttribute : FactAttribute
{
    public PageFactAttribute() => Skip = Chromium.Path is null ? Chromium.Missing : null;
}

/// <summary>A test of the model in the browser, skipped with the reason where that cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserModelFactAttribute : PageFactAttribute
{
    public BrowserModelFactAttribute() => Skip ??= BrowserRuntime.IsInstalled ? null : "needs onnxruntime-web: run export/SecondRuntime/install.sh and build again";
}
