using Microsoft.Playwright;

namespace OnnxPipeline.Examples.Tests;

public sealed class JavaScriptExampleTests : IDisposable
{
    private const string RuntimeFolder = "/node_modules/onnxruntime-web/dist/";
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "JavaScript");

    private readonly ExampleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NodeFact]
    public async Task Node_names_each_images_class()
    {
        var output = await Programs.OutputAsync("node", Folder, "predict.mjs", _folder.Model, _folder.Image(0), _folder.Image(255));
        Assert.Equal([$"{_folder.Image(0)}: dark {_folder.Expected(0).Top.Probability:P1}", $"{_folder.Image(255)}: bright {_folder.Expected(255).Top.Probability:P1}"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [BrowserFact]
    public async Task The_page_classifies_a_chosen_image_by_itself()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserFactAttribute.Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.RouteAsync("**/*", route =>
        {
            var address = new Uri(route.Request.Url).AbsolutePath;
            if (address == "/favicon.ico") return route.FulfillAsync(new() { Status = 204 });
            var file = address == "/model.onnx" ? _folder.Model
                : address.StartsWith(RuntimeFolder, StringComparison.Ordinal) ? Path.Combine(BrowserFactAttribute.Runtime, address[RuntimeFolder.Length..])
                : Path.Combine(Folder, address.TrimStart('/'));
            return route.FulfillAsync(new() { Path = file, ContentType = TypeOf(file) });
        });
        await page.GotoAsync("http://example.test/index.html");
        var status = page.Locator("#status");
        await Assertions.Expect(status).ToHaveTextAsync("Ready", new() { Timeout = 120_000 });
        await page.GetByLabel("An image:").SetInputFilesAsync(_folder.Image(255));
        await Assertions.Expect(status).ToHaveTextAsync($"bright, {_folder.Expected(255).Top.Probability * 100:F1} %", new() { Timeout = 60_000 });
        Assert.Equal(3, await page.GetByRole(AriaRole.Listitem).CountAsync());
        Assert.Empty(complaints);
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html",
        ".mjs" => "text/javascript",
        ".wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
}

/// <summary>A test in Node.js, skipped where the example's packages are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Repository.Find("node") is not null && Directory.Exists(Path.Combine(Repository.Root, "examples", "JavaScript", "node_modules", "onnxruntime-node")) ? null
        : "needs Node.js and, in examples/JavaScript, npm install --ignore-scripts";
}

/// <summary>A test in a browser, skipped where there is none, or no onnxruntime-web.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium is null ? "needs Chromium: install the package chromium" : Directory.Exists(Runtime) ? null : "needs onnxruntime-web: run export/SecondRuntime/install.sh";

    public static string? Chromium { get; } = Repository.Find("chromium", "chromium-browser", "google-chrome");

    public static string Runtime { get; } = Path.Combine(Repository.Root, ".deps", "onnxruntime-web");
}
