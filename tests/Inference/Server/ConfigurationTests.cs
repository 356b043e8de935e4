using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Server.Models.Configuration;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>What a repository's config.pbtxt says, and what of it the server follows.</summary>
public sealed class ConfigurationTests
{
    private const string Usual = """
        # As Triton's own examples have it.
        name: "m"
        platform: 'onnxruntime_onnx'
        max_batch_size: 8
        input [
          { name: "image" data_type: TYPE_UINT8, dims: [ 1, 28, 28 ] },
          { name: "\"other\\" ; dims: -1 }
        ]
        output < name: "probabilities" label_filename: "a" "b.txt" >
        instance_group [ { count: 2 kind: KIND_CPU } ]
        dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 1500 }
        parameters: { key: "x" value: { string_value: "y" } }
        version_policy: { specific { versions: [ 1, 3 ] } }
        """;

    private static readonly string Dark = InferTests.Request(InferTests.Flat(0));

    [Fact]
    public void The_text_format_is_read_into_fields()
    {
        var config = TextMessageReader.Read(Usual);
        Assert.Equal(["name", "platform", "max_batch_size", "input", "input", "output", "instance_group", "dynamic_batching", "parameters", "version_policy"], config.Fields.Select(f => f.Name));
        Assert.Equal("onnxruntime_onnx", config.Find("platform")!.AsText());
        Assert.Equal("ab.txt", config.Find("output")!.AsMessage().Find("label_filename")!.AsText());
        Assert.Equal(["1", "28", "28"], config.Fields[3].AsMessage().All("dims").Select(d => d.AsText()));
        Assert.Equal(11, config.Find("dynamic_batching")!.Line);
        Assert.Empty(TextMessageReader.Read("  # nothing").Fields);
        Assert.Equal("[a.b/c]", TextMessageReader.Read("[a.b/c] { }").Fields[0].Name);
    }

    [Fact]
    public void Whatever_is_no_such_text_is_a_format_error() => Prop.ForAll<string>(text =>
    {
        try
        {
            TextMessageReader.Read(text ?? "");
        }
        catch (FormatException exception)
        {
            Assert.StartsWith("line ", exception.Message);
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("max_batch_size: \n\n -1", "line 3: 'max_batch_size' must be a whole number from 0, but is '-1'")]
    [InlineData("max_batch_size: 1\nmax_batch_size: 2", "line 2: 'max_batch_size' is given twice")]
    [InlineData("name: \"other\"", "line 1: 'name' is 'other', but the model's folder is 'm'")]
    [InlineData("name: \"m", "line 1: expected \" at the end of a text")]
    [InlineData("name \"m\"", "line 1: expected ':' or a message behind 'name'")]
    [InlineData("\ndynamic_batching {", "line 2: expected '}' to close the message of line 2, but found the end")]
    [InlineData("dynamic_batching: 3", "line 1: 'dynamic_batching' must be a message")]
    [InlineData("dynamic_batching { max_queue_delay_microseconds: soon }", "must be a whole number from 0, but is 'soon'")]
    [InlineData("version_policy { newest { } }", "line 1: 'newest' is no version policy; expected latest, all or specific")]
    [InlineData("version_policy { all { } latest { } }", "one of latest, all and specific")]
    [InlineData("version_policy { latest { num_versions: 0 } }", "whole number from 1")]
    [InlineData("a: [1 2]", "line 1: expected ',' or ']' in the list 'a'")]
    [InlineData("}", "line 1: expected a field's name, but found '}'")]
    public void What_is_wrong_is_said_with_its_line(string text, string message)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("m"));
        File.WriteAllText(folder.File("m/config.pbtxt"), text);
        var error = Assert.Throws<ModelException>(() => TritonConfig.Read(folder.File("m/config.pbtxt"))).Message;
        Assert.Contains("config.pbtxt: line ", error);
        Assert.Contains(message, error);
    }

    [Fact]
    public void Messages_inside_each_other_without_end_are_refused() =>
        Assert.Contains("100 messages", Assert.Throws<FormatException>(() => TextMessageReader.Read(string.Concat(Enumerable.Repeat("a{", 100_000)))).Message);

    [Theory]
    [InlineData("", "1 2 10")]
    [InlineData("version_policy { all { } }", "1 2 10")]
    [InlineData("version_policy { latest { } }", "10")]
    [InlineData("version_policy: { latest: { num_versions: 2 } }", "2 10")]
    [InlineData("version_policy { specific { versions: 1 versions: 10 versions: 77 } }", "1 10")]
    public async Task The_policy_says_which_versions_are_served(string text, string expected)
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            foreach (var version in (int[])[1, 2, 10]) files.Put($"m/{version}", TestModels.Brightness());
            files.Configure("m", text);
        });
        Assert.Equal(expected, string.Join(' ', served.Models.All.Select(v => v.Source.Version)));
        Assert.Equal(expected.Split(' ')[^1], (await served.PostAsync("/v2/models/m/infer", Dark)).Body.GetProperty("model_version").GetString());
    }

    [Fact]
    public async Task Batching_follows_the_configuration_and_its_changes()
    {
        await using var served = await ServedFolder.StartAsync(files =>
        {
            files.Put("m/1", TestModels.Brightness());
            files.Put("alone/1", TestModels.Brightness());
            files.Configure("m", Usual);
            files.Configure("alone", "max_batch_size: 0");
        }, options => options with { AllowModelControl = true });
        Assert.Equal((8, 1500), await Batching("m"));
        Assert.Equal((0, null), await Batching("alone"));

        served.Files.Configure("m", "max_batch_size: 2 dynamic_batching { }");
        served.Models.Poll();
        Assert.Equal((2, 0), await Batching("m"));

        served.Files.Configure("m", "max_batch_size: two");
        served.Models.Poll();
        Assert.Equal((2, 0), await Batching("m"));
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", Dark)).Status);
        var entry = (await served.PostAsync("/v2/repository/index")).Body.EnumerateArray().Single(e => e.GetProperty("name").GetString() == "m");
        Assert.Contains("line 1", entry.GetProperty("reason").GetString());

        async Task<(int MaxBatch, int? Delay)> Batching(string model)
        {
            var config = (await served.GetAsync($"/v2/models/{model}/config")).Body;
            return (config.GetProperty("max_batch_size").GetInt32(), config.TryGetProperty("dynamic_batching", out var batching) ? batching.GetProperty("max_queue_delay_microseconds").GetInt32() : null);
        }
    }
}
