using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets.Tests.Splits;

public sealed class BinaryTaskTests
{
    private static readonly DatasetContent Content = SmallData.Content(SmallData.Samples(9), test: SmallData.Samples(6));

    [Fact]
    public void The_classes_named_become_the_second_one_in_every_part()
    {
        var binary = BinaryTask.Apply(Content, new BinaryOptions { Positive = ["c", "a"], Names = ["b", "other"] });
        Assert.Equal(["b", "other"], binary.Labels);
        Assert.Equal([1L, 0, 1, 1, 0, 1, 1, 0, 1], binary.Train.Labels.ToArray());
        Assert.Equal([1L, 0, 1, 1, 0, 1], binary.Test!.Labels.ToArray());
        Assert.Null(binary.Validation);
    }

    [Theory]
    [InlineData("a,d", "data.binary.positive names 'd'; the classes of 'small' are a, b, c.")]
    [InlineData("a,b,c", "names every class")]
    public void Names_that_do_not_fit_the_classes_are_errors(string positive, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => BinaryTask.Apply(Content, new BinaryOptions { Positive = positive.Split(',') }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_the_options_is_reported_at_once()
    {
        Assert.Equal(2, new BinaryOptions { Positive = [], Names = ["x", "x"] }.Validate().Count);
        Assert.Contains("names 'a' 2 times", Assert.Single(new BinaryOptions { Positive = ["a", "a"] }.Validate()), StringComparison.Ordinal);
    }
}
