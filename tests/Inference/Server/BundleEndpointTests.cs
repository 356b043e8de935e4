using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class BundleEndpointTests
{
    private static readonly Bundle Bundle = BundleBuilder.Build(Model.Parse(TestModels.Brightness()), new BundleOptions { SpareClasses = 1 });

    [Fact]
    public async Task The_files_of_a_bundle_are_given_and_nothing_else()
    {
        await using var served = await ServedFolder.StartAsync(Put, options => options with { BrowserModel = true });
        foreach (var (name, bytes) in Bundle.Files) Assert.Equal(bytes, await served.Client.GetByteArrayAsync($"/v2/models/m/versions/1/bundle/{name}"));
        foreach (var name in (string[])["model.bin", "..%2f..%2fm%2f1%2fmodel.onnx", "on-device.zip"]) Assert.Equal(404, (await served.GetAsync($"/v2/models/m/bundle/{name}")).Status);
    }

    [Fact]
    public async Task A_card_says_whether_the_page_can_teach_the_model()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            Put(files);
            files.Put("plain/1", TestModels.Brightness());
        }, options => options with { BrowserModel = true });
        var teach = (await served.GetAsync("/v2/models/m/card")).Body.GetProperty("teach");
        Assert.Equal(!BrowserRuntime.IsInstalled, teach.TryGetProperty("unavailable", out _));
        Assert.False((await served.GetAsync("/v2/models/plain/card")).Body.TryGetProperty("teach", out _));
        Assert.Equal(404, (await served.GetAsync("/v2/models/plain/bundle/manifest.json")).Status);
    }

    [Fact]
    public async Task A_bundle_beside_a_model_is_kept_where_the_page_may_not_have_files()
    {
        await using var served = await ServedFolder.StartAsync(Put);
        Assert.False((await served.GetAsync("/v2/models/m/card")).Body.TryGetProperty("teach", out _));
        var (status, body) = await served.GetAsync("/v2/models/m/bundle/manifest.json");
        Assert.Equal(404, status);
        Assert.Contains("--teach", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_bundle_that_is_named_is_given_without_more_ado()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("model.onnx"), TestModels.Brightness());
        Bundle.Save(folder.File("bundle"));
        await using var served = await ServedFolder.StartAsync(_ => { }, options => options with { Repository = null, Models = [new ServedModelOptions("m", folder.File("model.onnx")) { Bundle = folder.File("bundle") }] });
        Assert.Equal(Bundle.Manifest.ToJson(), await served.Client.GetByteArrayAsync($"/v2/models/m/bundle/{BundleManifest.FileName}"));
    }

    [Fact]
    public async Task A_damaged_bundle_is_not_given_and_the_card_says_why_until_a_whole_one_takes_its_place()
    {
        await using var served = await ServedFolder.StartAsync(files => Put(files), options => options with { BrowserModel = true });
        var damaged = Bundle with { Files = Bundle.Files.ToDictionary(f => f.Key, f => f.Key == "eval.onnx" ? [1, 2, 3] : f.Value) };
        served.Files.PutBundle("m/1", damaged);
        var unavailable = (await served.GetAsync("/v2/models/m/card")).Body.GetProperty("teach").GetProperty("unavailable").GetString();
        Assert.Contains("SHA-256 of 'eval.onnx'", unavailable);
        Assert.Equal(409, (await served.GetAsync("/v2/models/m/bundle/manifest.json")).Status);
        Put(served.Files);
        Assert.Equal(200, (int)(await served.Client.GetAsync("/v2/models/m/bundle/manifest.json")).StatusCode);
    }

    private static void Put(ServedFolderFiles files)
    {
        files.Put("m/1", TestModels.Brightness());
        files.PutBundle("m/1", Bundle);
    }
}
