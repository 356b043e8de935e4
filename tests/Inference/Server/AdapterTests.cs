using System.Text.Json;
using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class AdapterTests
{
    private static readonly byte[] Original = TestModels.Brightness();
    private static readonly string[] Names = ["cats", "dogs", "birds"];
    private static readonly TestAdapter[] Adapters = [.. Names.Select((_, i) => TestAdapters.For(Original, (ulong)i + 1, rank: i + 1))];

    [Fact]
    public async Task Requests_for_three_adapters_at_once_get_the_answers_of_the_merged_models()
    {
        await using var served = await StartAsync(options => options with { Batching = new() { MaxBatch = 16, MaxDelay = TimeSpan.FromMilliseconds(2) } });
        var models = Adapters.Select(a => a.Merged).Prepend(Original).Select(bytes => Predictor.Open(bytes)).ToArray();
        var asked = Enumerable.Range(0, 160).Select(async i =>
        {
            var (which, value) = (i % 4, (byte)(i * 7));
            var name = which == 0 ? null : Names[which - 1];
            var expected = models[which].PredictPixels(TestModels.Uniform(value)).Probabilities;
            var found = i % 8 < 4 ? await InferAsync(served, name, value) : await PredictAsync(served, name, value);
            for (var c = 0; c < expected.Count; c++) Assert.Equal(expected[c], found[c], 1e-5);
        });
        await Task.WhenAll(asked);
        foreach (var model in models) model.Dispose();
    }

    [Fact]
    public async Task An_unknown_adapter_is_refused_with_those_there_are()
    {
        await using var served = await StartAsync();
        foreach (var path in new[] { "/predict?model=m&adapter=fish", "/v2/models/m/infer" })
        {
            var (status, body) = path.StartsWith("/predict", StringComparison.Ordinal) ? await Post(served, path, new ByteArrayContent(TestModels.UniformPng(1))) : await Post(served, path, new StringContent(Infer("\"fish\"", 1)));
            Assert.Equal((400, "Model 'm' has no adapter 'fish'; its adapters are birds, cats, dogs."), (status, body.GetProperty("error").GetString()));
        }
        Assert.Equal(400, (await Post(served, "/v2/models/m/infer", new StringContent(Infer("7", 1)))).Status);
    }

    [Fact]
    public async Task Adapters_are_listed_with_their_model()
    {
        await using var served = await StartAsync();
        const string all = """["birds","cats","dogs"]""";
        Assert.Equal(all, (await served.GetAsync("/v2/models/m")).Body.GetProperty("adapters").GetRawText());
        Assert.Equal(all, (await served.PostAsync("/v2/repository/index")).Body[0].GetProperty("adapters").GetRawText());
        var (_, plain) = (await served.PostAsync("/v2/repository/index")).Body.EnumerateArray().ToArray() is [_, var other] ? (0, other) : default;
        Assert.False(plain.TryGetProperty("adapters", out _));
    }

    [Fact]
    public async Task Adapters_follow_their_files_and_a_bad_one_changes_nothing()
    {
        await using var served = await StartAsync();
        var folder = Path.Combine(served.Files.Folder, "m", "1", "adapters");
        File.Delete(Path.Combine(folder, "dogs.onnx_adapter"));
        Adapters[2].File.Save(Path.Combine(folder, "fish.onnx_adapter"));
        served.Models.Poll();
        Assert.Equal("""["birds","cats","fish"]""", (await served.GetAsync("/v2/models/m")).Body.GetProperty("adapters").GetRawText());
        var fish = await PredictAsync(served, "fish", 50);
        Assert.Equal(await PredictAsync(served, "birds", 50), fish);

        (Adapters[0].File with { ModelVersion = 1 }).Save(Path.Combine(folder, "cats.onnx_adapter"));
        served.Models.Poll();
        var index = (await served.PostAsync("/v2/repository/index")).Body[0];
        Assert.Equal("READY", index.GetProperty("state").GetString());
        Assert.Contains("was trained on another base", index.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(fish, await PredictAsync(served, "fish", 50));

        (Adapters[0].File with { Tensors = [Adapters[0].File.Tensors[0], Adapters[1].File.Tensors[1]] }).Save(Path.Combine(folder, "cats.onnx_adapter"));
        served.Models.Poll();
        Assert.Contains("does not run with the adapter 'cats'", (await served.PostAsync("/v2/repository/index")).Body[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_by_its_file_has_adapters_by_theirs()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("base.onnx"), TestAdapters.BaseOf(Original));
        Adapters[0].File.Save(folder.File("a.onnx_adapter"));
        await using var served = await ServedFolder.StartAsync(_ => { }, options => options with
        {
            Repository = null,
            Models = [new ServedModelOptions("m", folder.File("base.onnx")) { Adapters = new Dictionary<string, string> { ["cats"] = folder.File("a.onnx_adapter") } }],
        });
        using var merged = Predictor.Open(Adapters[0].Merged);
        Assert.Equal(merged.PredictPixels(TestModels.Uniform(80)).Probabilities[0], (await PredictAsync(served, "cats", 80))[0], 1e-5);
    }

    private static Task<ServedFolder> StartAsync(Func<ServerOptions, ServerOptions>? change = null) => ServedFolder.StartAsync(files =>
    {
        files.Put("m/1", TestAdapters.BaseOf(Original));
        files.Put("other/1", Original);
        var folder = Directory.CreateDirectory(Path.Combine(files.Folder, "m", "1", "adapters")).FullName;
        foreach (var (name, adapter) in Names.Zip(Adapters)) adapter.File.Save(Path.Combine(folder, name + AdapterFile.Extension));
        File.WriteAllText(Path.Combine(folder, "README.txt"), "not looked at");
    }, change);

    private static string Infer(string adapter, byte value) =>
        $$"""{"parameters":{"adapter":{{adapter}}},"inputs":[{"name":"image","shape":[1,1,28,28],"datatype":"UINT8","data":[{{string.Join(",", TestModels.Uniform(value))}}]}]}""";

    private static async Task<float[]> InferAsync(ServedFolder served, string? adapter, byte value)
    {
        var (status, body) = await Post(served, "/v2/models/m/infer", new StringContent(Infer(adapter is null ? "null" : $"\"{adapter}\"", value)));
        Assert.True(status == 200, body.ToString());
        return [.. body.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetSingle())];
    }

    private static async Task<float[]> PredictAsync(ServedFolder served, string? adapter, byte value)
    {
        var (status, body) = await Post(served, $"/predict?model=m{(adapter is null ? "" : $"&adapter={adapter}")}", new ByteArrayContent(TestModels.UniformPng(value)));
        Assert.True(status == 200, body.ToString());
        return [.. body.GetProperty("probabilities").EnumerateObject().Select(p => p.Value.GetSingle())];
    }

    private static async Task<(int Status, JsonElement Body)> Post(ServedFolder served, string path, HttpContent content)
    {
        using var response = await served.Client.PostAsync(path, content);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync()));
    }
}
