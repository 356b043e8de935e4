using System.Text.Json;
using Microsoft.Playwright;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Pipeline.Tests.Reports;
using ReportedRun = OnnxPipeline.Pipeline.Tests.Reports.ReportedRun;

namespace OnnxPipeline.Pipeline.Tests.Commands;

[Collection(ReportedRun.Collection)]
public sealed class PackageCommandTests(ReportedRun run, SharedBrowser browser) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_runs_model_is_packaged_with_its_card_and_provenance()
    {
        var (code, output, error) = await CommandLine.RunAsync(run.Folder, "package", "artifacts/latest/model.onnx", "--as", "folder", "--out", "packed");
        Assert.True(code == Cli.Done, error);
        foreach (var file in (string[])["model.onnx", "labels.json", ModelCard.FileName, ModelProvenance.FileName, "verify.json", "metrics.json", "README.md"])
            Assert.Contains(Path.Combine(run.Folder, "packed", file), output);

        var (again, _, refused) = await CommandLine.RunAsync(run.Folder, "package", "artifacts/latest/model.onnx", "--as", "folder", "--out", "packed");
        Assert.Equal(Cli.Failed, again);
        Assert.Contains("--force", refused);
    }

    [Fact]
    public async Task A_provenance_of_another_model_is_refused()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());
        File.Copy(run.Latest(ModelProvenance.FileName), _folder.File(ModelProvenance.FileName));
        var (code, _, error) = await CommandLine.RunAsync(_folder.Path, "package", "model.onnx", "--as", "folder", "--out", "packed");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("of another model", error);
        Assert.False(Directory.Exists(_folder.File("packed")));
    }

    [Fact]
    public async Task An_unknown_kind_lists_the_valid_ones()
    {
        var (code, _, error) = await CommandLine.RunAsync(run.Folder, "package", "artifacts/latest/model.onnx", "--as", "nugget", "--out", "x");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("Did you mean 'nuget'? Valid: folder, triton, browser, nuget, ort, optimized.", error);
    }

    [Fact]
    public void The_provenance_names_every_file_by_its_hash_and_every_package_by_its_version()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(run.Latest(ModelProvenance.FileName)));
        var root = json.RootElement;
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(run.Latest("model.onnx")))), root.GetProperty("model").GetProperty("sha256").GetString());
        Assert.Equal(17, root.GetProperty("model").GetProperty("opsets").GetProperty("ai.onnx").GetInt64());
        Assert.Equal(["data", "evaluate", "export", "model", "train"], root.GetProperty("stages").EnumerateObject().Select(s => s.Name));
        Assert.Contains(root.GetProperty("dependencies").EnumerateArray(), d => d.GetProperty("name").GetString() == "Microsoft.ML.OnnxRuntime");
        Assert.Equal("small", root.GetProperty("recipe").GetProperty("options").GetProperty("name").GetString());
    }

    [Fact]
    public void The_card_tells_confusion_calibration_verification_size_and_latency()
    {
        var card = File.ReadAllText(run.Latest(ModelCard.FileName));
        foreach (var heading in (string[])["### Confusion", "### Calibration", "## Verification", "## Size and latency", "## Lineage"]) Assert.Contains(heading, card);
        Assert.Matches(@"\n\| 1 \| [0-9.E-]+ \| [0-9.E-]+ \| [0-9,]+ \| [0-9,]+ \|\n\| 32 \| ", card);
        Assert.Contains("training engine's own evaluation (ort ", card);
        Assert.Contains(WebRuntime.Unavailable is null ? "In onnxruntime-web 1." : "Not run in a second runtime", card);
    }

    [BrowserPackageFact]
    public async Task The_page_classifies_an_image_as_the_library_does_and_asks_for_nothing_else()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());
        File.WriteAllBytes(_folder.File("white.png"), TestModels.UniformPng(255));
        Assert.Equal(Cli.Done, (await CommandLine.RunAsync(_folder.Path, "package", "model.onnx", "--as", "browser", "--out", "page")).Code);
        await LookAsync(async page =>
        {
            await page.SetInputFilesAsync("#file", _folder.File("white.png"));
            await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync($"bright, {100 * TestModels.Expected(1)[1]:0.0} %");
            Assert.Equal(3, await page.Locator("#bars li").CountAsync());
        });
    }

    [BrowserPackageFact]
    public async Task The_page_of_a_table_predicts_a_row()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestTables.Model());
        Assert.Equal(Cli.Done, (await CommandLine.RunAsync(_folder.Path, "package", "model.onnx", "--as", "browser", "--out", "page")).Code);
        await LookAsync(async page =>
        {
            await page.FillAsync("#column-0", "20");
            await page.FillAsync("#column-1", "red");
            await page.SelectOptionAsync("#column-2", "1");
            await page.FillAsync("#column-3", "2001-02-03");
            await page.ClickAsync("button");
            await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync($"yes, {100 * TestTables.Yes(2 + 2 + 2 + 1):0.0} %");
        });
    }

    /// <summary>Opens the package as a static server would show it; whatever is asked for from elsewhere fails the test.</summary>
    private Task LookAsync(Func<IPage, Task> look) => browser.UseAsync(async page =>
    {
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.RouteAsync("**/*", route =>
        {
            var address = new Uri(route.Request.Url);
            var file = Path.Combine(_folder.File("page"), address.AbsolutePath.TrimStart('/'));
            if (address.Scheme is "blob" or "data") return route.ContinueAsync();
            if (address.Host != "package.test" || !File.Exists(file)) complaints.Add($"asked for {address}");
            return address.Host == "package.test" && File.Exists(file) ? route.FulfillAsync(new() { Path = file, ContentType = TypeOf(file) }) : route.AbortAsync();
        });
        await page.GotoAsync("http://package.test/index.html");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Ready", new() { Timeout = 120_000 });
        await look(page);
        Assert.Empty(complaints);
    });

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html",
        ".css" => "text/css",
        ".js" or ".mjs" => "text/javascript",
        ".json" => "application/json",
        ".wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
}

/// <summary>A test of a browser package, skipped with the reason where it cannot be looked at.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserPackageFactAttribute : FactAttribute
{
    public BrowserPackageFactAttribute() => Skip = WebRuntime.Package is null ? "needs onnxruntime-web: run export/SecondRuntime/install.sh and build again" : Chromium.Path is null ? Chromium.Missing : null;
}
