namespace OnnxPipeline.Datasets.Tests;

public sealed class DatasetRegistryTests
{
    [Fact]
    public void An_unknown_dataset_lists_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => DatasetRegistry.Find("fashoin"));
        Assert.Contains("'fashoin' is no dataset; expected one of mnist, fashion-mnist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_published_dataset_has_checksums_mirrors_and_sizes()
    {
        Assert.All(DatasetRegistry.All.Where(dataset => dataset.Files.Count > 0), dataset =>
        {
            Assert.NotEmpty(dataset.Mirrors);
            Assert.StartsWith("https://", dataset.Mirrors[0].AbsoluteUri, StringComparison.Ordinal);
            Assert.All(dataset.Mirrors, mirror => Assert.EndsWith("/", mirror.AbsoluteUri, StringComparison.Ordinal));
            Assert.All(dataset.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
        });
    }

    [Fact]
    public void Every_fault_of_the_data_options_is_reported_at_once()
    {
        var faults = new DataOptions { Dataset = "nope", Validation = 1, Limit = 0 }.Validate();
        Assert.Equal(3, faults.Count);
        Assert.Contains("'nope'", faults[0], StringComparison.Ordinal);
        Assert.Contains("validation is 1", faults[1], StringComparison.Ordinal);
        Assert.Contains("limit is 0", faults[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(double.PositiveInfinity)]
    public void A_validation_share_that_is_no_share_is_a_fault(double share) =>
        Assert.Single(new DataOptions { Validation = share }.Validate());

    [Fact]
    public void The_defaults_have_no_fault() => Assert.Empty(new DataOptions().Validate());
}
