using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class RepositoryTests
{
    private static readonly string Dark = InferTests.Request(InferTests.Flat(0));

    [Fact]
    public async Task Versions_answer_under_their_numbers_and_the_newest_without_one()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("m/1", TestModels.Brightness());
            files.Put("m/10", TestModels.Brightness(softmax: false));
            files.Put("other/3", TestModels.Brightness());
            files.Put("m/latest", TestModels.Brightness());
            files.Put("m/0", TestModels.Brightness());
            files.Put(".git/1", TestModels.Brightness());
        });
        Assert.Equal("""["1","10"]""", (await served.GetAsync("/v2/models/m")).Body.GetProperty("versions").GetRawText());
        Assert.Equal("10", (await served.PostAsync("/v2/models/m/infer", Dark)).Body.GetProperty("model_version").GetString());
        var first = (await served.PostAsync("/v2/models/m/versions/1/infer", Dark)).Body;
        Assert.Equal("1", first.GetProperty("model_version").GetString());
        Assert.Equal(TestModels.Expected(0)[0], first.GetProperty("outputs")[0].GetProperty("data")[0].GetSingle(), 1e-5);
        Assert.Equal(200, (await served.GetAsync("/v2/models/m/versions/10/ready")).Status);
        Assert.Equal(404, (await served.GetAsync("/v2/models/m/versions/2")).Status);
        Assert.Equal(404, (await served.PostAsync("/v2/models/m/versions/2/infer", Dark)).Status);
        foreach (var none in new[] { "0", "-1", "x", "1e3", "99999999999999999999", "..%2f1" })
            Assert.Equal(400, (await served.GetAsync($"/v2/models/m/versions/{none}")).Status);
        var index = (await served.PostAsync("/v2/repository/index")).Body.EnumerateArray().Select(e => $"{e.GetProperty("name")}/{e.GetProperty("version")} {e.GetProperty("state")}");
        Assert.Equal(["m/1 READY", "m/10 READY", "other/3 READY"], index);
    }

    [Fact]
    public async Task A_model_says_how_it_is_run()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("free/1", TestModels.Brightness());
            files.Put("fixed/1", TestModels.Brightness(batch: 1));
        }, options => options with { Batching = new() { MaxBatch = 8, MaxDelay = TimeSpan.FromMilliseconds(2) } });
        var free = (await served.GetAsync("/v2/models/free/config")).Body;
        Assert.Equal((8, 2000), (free.GetProperty("max_batch_size").GetInt32(), free.GetProperty("dynamic_batching").GetProperty("max_queue_delay_microseconds").GetInt32()));
        Assert.Equal("""[{"name":"image","data_type":"TYPE_UINT8","dims":[1,28,28]}]""", free.GetProperty("input").GetRawText());
        var @fixed = (await served.GetAsync("/v2/models/fixed/versions/1/config")).Body;
        Assert.Equal(0, @fixed.GetProperty("max_batch_size").GetInt32());
        Assert.False(@fixed.TryGetProperty("dynamic_batching", out _));
        Assert.Equal("[1,1,28,28]", @fixed.GetProperty("input")[0].GetProperty("dims").GetRawText());
    }

    [Fact]
    public async Task The_CPU_takes_the_place_of_a_device_that_is_not_there_where_that_is_allowed_and_says_why()
    {
        var absent = new PredictorOptions { Device = new Device(Device.CudaKind, 4095) };
        await Assert.ThrowsAsync<DeviceUnavailableException>(() => ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { Predictor = absent }));
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { Predictor = absent with { CpuFallback = true } });
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
        var model = (await served.PostAsync("/v2/repository/index")).Body[0];
        Assert.Equal("READY", model.GetProperty("state").GetString());
        Assert.Contains("cuda:4095", model.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_loaded_and_unloaded_where_that_is_allowed()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { AllowModelControl = true });
        Assert.Equal(200, (await served.PostAsync("/v2/repository/models/m/unload", """{"parameters":{"unload_dependents":true}}""")).Status);
        Assert.Equal(503, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
        Assert.Equal(503, (await served.GetAsync("/v2/models/m/ready")).Status);
        Assert.Equal(0, (await served.PostAsync("/v2/repository/index", """{"ready":true}""")).Body.GetArrayLength());
        served.Models.Poll();
        Assert.Equal("UNAVAILABLE", (await served.PostAsync("/v2/repository/index")).Body[0].GetProperty("state").GetString());
        served.Files.Put("new/1", TestModels.Brightness());
        Assert.Equal(200, (await served.PostAsync("/v2/repository/models/new/load")).Status);
        Assert.Equal(200, (await served.PostAsync("/v2/repository/models/m/load", "{}")).Status);
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
        Assert.Equal(200, (await served.PostAsync("/v2/models/new/infer", Dark)).Status);
        Assert.Equal(404, (await served.PostAsync("/v2/repository/models/none/load")).Status);
        Assert.Equal(404, (await served.PostAsync("/v2/repository/models/..%2f..%2fetc/load")).Status);
        Assert.Equal(400, (await served.PostAsync("/v2/repository/models/m/load", """{"parameters":{"file:1/model.onnx":"AAAA"}}""")).Status);
        Assert.Equal(400, (await served.PostAsync("/v2/repository/models/m/load", "[")).Status);
        Assert.Equal(400, (await served.PostAsync("/v2/repository/models/m/load", "[]")).Status);
        Assert.Equal(400, (await served.PostAsync("/v2/repository/models/m/load", """{"parameters":{"\ud800":1}}""")).Status);
        Assert.Equal(400, (await served.PostAsync("/v2/repository/index", """{"ready":1}""")).Status);
    }

    [Fact]
    public async Task Loading_is_refused_where_it_is_not_allowed()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        Assert.Equal(403, (await served.PostAsync("/v2/repository/models/m/unload")).Status);
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
    }

    [Fact]
    public async Task A_file_that_changes_is_served_anew_and_one_that_is_broken_leaves_the_old()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        served.Files.Put("m/1", [1, 2, 3]);
        served.Models.Poll();
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
        var entry = (await served.PostAsync("/v2/repository/index")).Body[0];
        Assert.Equal("READY", entry.GetProperty("state").GetString());
        Assert.Contains("loaded before", entry.GetProperty("reason").GetString());

        served.Files.Put("m/1", TestModels.Brightness(softmax: false));
        served.Models.Poll();
        Assert.Equal(4, (await served.PostAsync("/v2/models/m/infer", Dark)).Body.GetProperty("outputs")[0].GetProperty("data")[0].GetSingle(), 1e-4);
        Assert.Equal("", (await served.PostAsync("/v2/repository/index")).Body[0].GetProperty("reason").GetString());
        Assert.Equal(2, (await served.GetAsync("/v2/models/m/stats")).Body.GetProperty("model_stats")[0].GetProperty("inference_count").GetInt32());

        served.Files.Put("m/2", TestModels.Brightness());
        served.Files.Remove("m/1");
        served.Models.Poll();
        Assert.Equal("2", (await served.PostAsync("/v2/models/m/infer", Dark)).Body.GetProperty("model_version").GetString());
        Assert.Equal(404, (await served.GetAsync("/v2/models/m/versions/1")).Status);
    }

    [Fact]
    public async Task No_call_is_dropped_while_models_are_exchanged()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var answers = 0;
            for (; !stop.IsCancellationRequested; answers++) Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
            return answers;
        })).ToArray();
        for (var i = 0; i < 5; i++)
        {
            served.Files.Put("m/1", TestModels.Brightness());
            await Task.Run(served.Models.Poll);
            await Task.Delay(20);
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(callers), answers => Assert.True(answers > 0));
    }

    [Fact]
    public async Task A_server_with_a_broken_model_does_not_become_ready()
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => ServedFolder.StartAsync(files => files.Put("m/1", [1, 2, 3])));
        Assert.Contains("m", error.Message);
    }
}
