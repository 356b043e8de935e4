using System.Text;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets.Tests.Formats;

public sealed class DigitsDatasetTests
{
    private static readonly string Row = string.Join(",", Enumerable.Range(0, 64).Select(i => i % 17)) + ",7";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_row_is_an_image_of_raw_counts_and_its_digit(string lineBreak)
    {
        var samples = Read(Row + lineBreak + Row + lineBreak);
        Assert.Equal([7L, 7L], samples.Labels.ToArray());
        var image = samples.Features.Single();
        Assert.Equal([1, 8, 8], image.ItemShape);
        Assert.Equal(Enumerable.Range(0, 128).Select(i => (byte)(i % 64 % 17)), image.Data.ToArray());
    }

    [Theory]
    [InlineData(0, "17", "line 2, column 1: '17'; expected a whole number from 0 to 16")]
    [InlineData(63, "-1", "line 2, column 64: '-1'; expected a whole number from 0 to 16")]
    [InlineData(64, "10", "line 2, column 65: '10'; expected a whole number from 0 to 9")]
    [InlineData(5, "1.5", "line 2, column 6: '1.5'")]
    [InlineData(5, "", "line 2, column 6: ''")]
    [InlineData(5, "1,2", "line 2, column 66: the row has 66 fields separated by commas; expected 65")]
    [InlineData(5, "\"1", "line 2: no CSV")]
    public void A_wrong_field_is_named_by_line_and_column(int index, string field, string expected)
    {
        var fields = Row.Split(',');
        fields[index] = field;
        Assert.Contains(expected, Fault($"{Row}\n{string.Join(",", fields)}\n{Row}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_row_a_blank_line_another_delimiter_and_an_empty_file_are_errors()
    {
        Assert.Contains("line 1, column 65: the row has 64 fields separated by commas", Fault(Row[..^2]), StringComparison.Ordinal);
        Assert.Contains("line 2, column 2: the row has 1 field separated by commas", Fault($"{Row}\n\n{Row}\n"), StringComparison.Ordinal);
        Assert.Contains("line 1, column 2: the row has 1 field separated by commas", Fault(Row.Replace(',', ';')), StringComparison.Ordinal);
        Assert.Contains("empty", Fault(""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quotation_mark_that_never_ends_does_not_read_on_for_ever() => Fault($"{Row}\n\"" + new string('1', 8 << 20));

    [Fact]
    public void The_test_part_is_a_stratified_fifth_and_shares_nothing_with_the_rest()
    {
        var (test, train) = Splitter.HoldOutTest(SmallData.Samples(300), 0.2);
        Assert.Equal((60, 240), (test.Count, train.Count));
        Assert.All(test.Labels.ToArray().GroupBy(label => label), group => Assert.Equal(20, group.Count()));
        Assert.Empty(Images(test).Intersect(Images(train)));
        Assert.Equal(Images(test), Images(Splitter.HoldOutTest(SmallData.Samples(300), 0.2).Test));
    }

    private static IEnumerable<string> Images(SampleSet samples) => samples.Features[0].Data.ToArray().Chunk(samples.Features[0].ItemBytes).Select(Convert.ToHexString);

    private static SampleSet Read(string csv) => DigitsDataset.ReadSamples(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "some.csv");

    private static string Fault(string csv)
    {
        var error = Assert.Throws<DatasetFormatException>(() => Read(csv));
        Assert.Contains("some.csv", error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
