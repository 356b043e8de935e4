using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class OptionDifferenceTests
{
    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", "option a.c changed from 2 to 3")]
    [InlineData("""{"a":1}""", """{"a":{"b":2}}""", "option a is gone, was 1; option a.b is new, with 2")]
    [InlineData("""{"a":null}""", """{}""", "option a is gone, was null")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,3]}""", "option a changed from [1,2] to [1,3]")]
    [InlineData("""{"a":[{"b":1,"c":2},{"b":3}]}""", """{"a":[{"b":1,"c":4},{"b":3}]}""", "option a.0.c changed from 2 to 4")]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[{"b":1},{"b":2}]}""", """option a.1 is new, with {"b":2}""")]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[]}""", """option a changed from [{"b":1}] to []""")]
    public void Options_are_compared_one_by_one(string old, string @new, string expected) => Assert.Equal(expected, Text(old, @new));

    [Fact]
    public void Equal_options_do_not_differ() => Assert.Equal("", Text("""{"a":[{"b":[1]}],"c":{}}""", """{"c":{},"a":[{"b":[1]}]}"""));

    [Fact]
    public void A_hash_is_told_by_its_first_digits()
    {
        var (one, two) = (new string('1', 64), new string('a', 64));
        Assert.Equal("option a changed from 111111111111 to aaaaaaaaaaaa", Text($$"""{"a":"{{one}}"}""", $$"""{"a":"{{two}}"}"""));
    }

    [Fact]
    public void A_long_value_is_cut_off_in_the_sentence_but_whole_in_the_record()
    {
        var text = new string('x', 500);
        using var old = JsonDocument.Parse("{}");
        using var @new = JsonDocument.Parse($$"""{"a":"{{text}}"}""");
        var difference = Assert.Single(OptionDifference.Between(old.RootElement, @new.RootElement));
        Assert.Equal($"\"{text}\"", difference.New);
        Assert.True(difference.ToString().Length < 120, difference.ToString());
    }

    private static string Text(string old, string @new)
    {
        using var before = JsonDocument.Parse(old);
        using var after = JsonDocument.Parse(@new);
        return string.Join("; ", OptionDifference.Between(before.RootElement, after.RootElement));
    }
}
