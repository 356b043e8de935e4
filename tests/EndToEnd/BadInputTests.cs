namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>Recipes and files that cannot be used: each ends with a message that says where, what and what to do, and nothing on stdout.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public async Task Every_fault_of_a_recipe_is_told_at_once_with_file_line_and_the_nearest_key()
    {
        File.WriteAllText(_workplace.File("bad.yaml"), """
            name: bad
            data: {dataset: fashion-mnist, validation: 1.5, limit: -3}
            model: {name: mlpp}
            train:
              epohcs: 3
              batchSize: -1
              clipNorm: lots
              optimizer: {name: adam, learningRate: -1}
            """);
        var ended = await _workplace.DoAsync("run", "bad.yaml");
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains("bad.yaml:2:44: data.validation: expected a value in [0, 1), found 1.5", ended.Error);
        Assert.Contains("bad.yaml:2:56: data.limit: expected at least 1, found -3", ended.Error);
        Assert.Contains("bad.yaml:3:15: model.name: 'mlpp' is not known. Did you mean 'mlp'?", ended.Error);
        Assert.Contains("bad.yaml:5:3: train: unknown key 'epohcs'. Did you mean 'epochs'?", ended.Error);
        Assert.Contains("bad.yaml:6:14: train.batchSize: expected", ended.Error);
        Assert.Contains("bad.yaml:7:13: train.clipNorm: expected", ended.Error);
        Assert.Contains("bad.yaml:8:41: train.optimizer.learningRate: expected more than 0, found -1", ended.Error);
        Assert.Equal(7, ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.False(Directory.Exists(_workplace.Artifacts));
    }

    [Theory]
    [InlineData("data.dataset=fashion-mnst", "fashion-mnst", "one of mnist, fashion-mnist")]
    [InlineData("train.epochs=99999999999", "train.epochs", "99999999999")]
    [InlineData("train.optimizer.learningRate=.nan", "train.optimizer.learningRate", "more than 0")]
    [InlineData("train.device=tpu", "train.device", "cpu, cuda or cuda:n")]
    [InlineData("train.engine=torch", "torch", "-p:TorchSharp=true")]
    [InlineData("seed=-1", "seed", "-1")]
    [InlineData("train=3", "train", "3")]
    [InlineData("name=../../etc", "name", "letters")]
    public async Task A_value_that_cannot_be_meant_is_refused_before_anything_is_made(string set, string where, string what)
    {
        var ended = await _workplace.RunAsync("--set", set);
        Assert.True(ended is { Code: 2, Output: "" }, $"{ended}");
        Assert.Contains(where, ended.Error);
        Assert.Contains(what, ended.Error);
        Assert.False(Directory.Exists(_workplace.Artifacts));
    }

    [DataTheory]
    [InlineData("model={name: cnn, channels: [[4], [4], [4], [4], [4], [4]]}", "model", "does not fit images of 1x28x28")]
    [InlineData("model.hidden=[1000000]", "model", "784] would take 3,136,000,000 bytes")]
    [InlineData("train.optimizer.learningRate=1e30", "train", "The loss became")]
    [InlineData("train.device=cuda:99", "train", "Device 'cuda:99'")]
    public async Task What_only_the_data_or_the_machine_can_tell_ends_with_1_and_one_line(string set, string stage, string what)
    {
        var ended = await _workplace.RunAsync("--set", set, "--set", "data.limit=100", "--set", "train.clipNorm=null");
        Assert.True(ended is { Code: 1, Output: "" }, $"{ended}");
        var error = Assert.Single(ended.Error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith($"error: Stage '{stage}' failed: ", error);
        Assert.Contains(what, error);
        Assert.DoesNotContain("   at ", ended.Error);
    }

    [Fact]
    public async Task A_data_mirror_that_is_no_folder_is_named()
    {
        var ended = await _workplace.RunAsync("--data-mirror", _workplace.File("nowhere"));
        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains($"'{_workplace.File("nowhere")}' (--data-mirror)", ended.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no model at all")]
    public async Task A_file_that_is_no_model_is_named(string content)
    {
        File.WriteAllText(_workplace.File("broken.onnx"), content);
        File.WriteAllBytes(_workplace.File("image.png"), TestImages.GreyPng(2, 2, new byte[4]));
        var ended = await _workplace.DoPlainlyAsync("predict", "broken.onnx", "image.png");
        Assert.True(ended is { Code: 1, Output: "" }, $"{ended}");
        Assert.StartsWith("error: broken.onnx: ", ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
    }
}
