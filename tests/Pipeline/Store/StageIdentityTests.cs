using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store;

public sealed class StageIdentityTests
{
    [Fact]
    public void The_key_is_the_hash_of_the_documented_text()
    {
        // sha256sum of {"codeVersion":"3","deviceKind":"cpu","engine":"ort 1.29.0","inputs":{"data":"aaa…"},"options":{"epochs":10,"learningRate":0.001},"stage":"train"}
        Assert.Equal("7f953a442c16d8d7cfd822def2dafd5eea2f38345d243336cbe5123748a65196", Identities.Of().ComputeKey().ToString());
    }

    public static TheoryData<string> Components => new("stage", "code version", "an option", "a new option", "an input's hash", "another input", "an input's name", "engine", "engine's absence", "device kind");

    [Theory]
    [MemberData(nameof(Components))]
    public void Every_component_changes_the_key(string component)
    {
        var old = Identities.Of();
        var changed = component switch
        {
            "stage" => old with { Stage = "distil" },
            "code version" => old with { CodeVersion = "4" },
            "an option" => old with { Options = Identities.Json(new { epochs = 11, learningRate = 0.001 }) },
            "a new option" => old with { Options = Identities.Json(new { epochs = 10, learningRate = 0.001, momentum = 0 }) },
            "an input's hash" => old with { Inputs = new Dictionary<string, string> { ["data"] = new('b', 64) } },
            "another input" => old with { Inputs = new Dictionary<string, string>(old.Inputs) { ["model"] = new('c', 64) } },
            "an input's name" => old with { Inputs = new Dictionary<string, string> { ["model"] = new('a', 64) } },
            "engine" => old with { Engine = "ort 1.30.0" },
            "engine's absence" => old with { Engine = null },
            _ => old with { DeviceKind = "cuda" },
        };
        Assert.NotEqual(old.ComputeKey(), changed.ComputeKey());
    }

    [Fact]
    public void The_order_of_options_and_inputs_does_not_change_the_key()
    {
        var one = Identities.Of(options: new { a = 1, b = 2 }) with { Inputs = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" } };
        var two = Identities.Of(options: new { b = 2, a = 1 }) with { Inputs = new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" } };
        Assert.Equal(one.ComputeKey(), two.ComputeKey());
    }

    [Fact]
    public void Time_place_and_duration_change_neither_key_nor_content_hash()
    {
        using var folder = new TempFolder();
        var time = new ManualTime();
        var first = Identities.Publish(new ArtifactStore(folder.File("one"), time), Identities.Of(), ("w.bin", [1, 2, 3]));
        time.Now = time.Now.AddYears(1);
        var second = Identities.Publish(new ArtifactStore(folder.File("two"), time), Identities.Of(), ("w.bin", [1, 2, 3]));
        Assert.Equal(first.Key, second.Key);
        Assert.Equal(first.Hash, second.Hash);
        Assert.NotEqual(first.Manifest.Created, second.Manifest.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("ZZaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Text_that_is_no_key_is_refused(string text) => Assert.Contains("64 lower-case", Assert.Throws<FormatException>(() => ArtifactKey.Parse(text)).Message);
}
