using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepParameterReaderTests
{
    [Theory]
    [InlineData("1,2,3", "1|2|3")]
    [InlineData("0.5", "0.5")]
    [InlineData("[32],[64, 64]", "[32]|[64, 64]")]
    [InlineData("[32,64]", "[32, 64]")]
    [InlineData("{name: sgd, momentum: 0.9},{name: adam}", "{name: sgd, momentum: 0.9}|{name: adam}")]
    [InlineData("\"a,b\",'c,d'", "\"a,b\"|\"c,d\"")]
    [InlineData("null,1", "null|1")]
    [InlineData("relu, gelu", "relu|gelu")]
    [InlineData("../data,1..x", "../data|1..x")]
    public void Values_are_split_at_commas_outside_of_brackets_and_quotes(string text, string expected)
    {
        var errors = new List<RecipeError>();
        var parameter = SweepParameterReader.ReadSet($"a.b={text}", errors)!;
        Assert.Empty(errors);
        Assert.Equal(("a.b", expected), (parameter.Path, string.Join('|', parameter.Values.Select(YamlText.Of))));
        Assert.Equal(parameter.Values.Count > 1, parameter.Varies);
    }

    [Theory]
    [InlineData("train.epochs", "expected path=value,value")]
    [InlineData("=1", "expected path=value,value")]
    [InlineData("a..b=1", "expected path=value,value")]
    [InlineData("a.b=", "there are no values")]
    [InlineData("a.b=  ", "there are no values")]
    [InlineData("a.b=1,,2", "a comma with no value")]
    [InlineData("a.b=1,", "a comma with no value")]
    [InlineData("a.b=[1,2", "well-formed")]
    [InlineData("a.b=&x 1", "anchor")]
    [InlineData("a.b=0.5..0.1", "write the smaller number first")]
    [InlineData("a.b=3..3", "write the smaller number first")]
    [InlineData("a.b=0..1:log", "must begin above 0")]
    [InlineData("a.b=-1..1:log", "must begin above 0")]
    [InlineData("a.b=1..1e999", "beyond what a number can be")]
    [InlineData("a.b=1..3,5", "stands in a list")]
    public void What_cannot_be_values_is_an_error_that_says_so(string set, string expected)
    {
        var errors = new List<RecipeError>();
        Assert.Null(SweepParameterReader.ReadSet(set, errors));
        Assert.Contains(expected, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("1..3", "1|2|3")]
    [InlineData("0..0.5", "0|0.25|0.495")]
    [InlineData("1e-4..1e-2:log", "0.0001|0.001|0.00955")]
    [InlineData("1..1000:log", "1|31|934")]
    public void A_range_gives_numbers_of_its_kind_between_its_ends(string text, string expected)
    {
        var range = ValueRange.Read(text, out var problem)!;
        Assert.Null(problem);
        Assert.Equal(expected, string.Join('|', new[] { 0, 0.5, 0.99 }.Select(range.At)));
    }

    [Fact]
    public void Hundred_thousand_values_are_read_and_a_long_option_is_cut_in_errors()
    {
        var errors = new List<RecipeError>();
        var parameter = SweepParameterReader.ReadSet($"a.b={string.Join(',', Enumerable.Range(0, 100_000))}", errors)!;
        Assert.Equal(100_000, parameter.Values.Count);
        Assert.True(parameter.Where.Length < 100);
    }
}
