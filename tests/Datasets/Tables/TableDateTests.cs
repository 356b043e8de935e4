using System.Globalization;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class TableDateTests
{
    [Theory]
    [InlineData("2024-02-29", null, "2024-02-29T00:00:00")]
    [InlineData("2024-02-29T23:59", null, "2024-02-29T23:59:00")]
    [InlineData("2024-02-29 23:59:58", null, "2024-02-29T23:59:58")]
    [InlineData("2024-02-29T23:59:58.5Z", null, "2024-02-29T23:59:58.5")]
    [InlineData("2024-02-29T23:59:58+05:30", null, "2024-02-29T23:59:58")]
    [InlineData("2024-02-29T23:59:58.25-0800", null, "2024-02-29T23:59:58.25")]
    [InlineData("29.2.2024 7:05", "d.M.yyyy H:mm", "2024-02-29T07:05:00")]
    [InlineData("2/29/2024 23:00 +03:00", "M/d/yyyy H:mm zzz", "2024-02-29T23:00:00")]
    public void A_date_counts_as_it_is_written(string text, string? format, string expected)
    {
        Assert.True(TableDate.TryRead(text, format, out var date));
        Assert.Equal(DateTime.Parse(expected, CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2024-1-1")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01T24:00")]
    [InlineData("2024-01-01T10:60")]
    [InlineData("2024-01-01T10:00:61")]
    [InlineData("2024-01-01T10:00:00.")]
    [InlineData("2024-01-01T10:00+5")]
    [InlineData("2024-01-01x10:00")]
    [InlineData("")]
    public void What_is_no_ISO_date_is_none(string text) => Assert.False(TableDate.TryRead(text, null, out _));

    [Fact]
    public void Parts_are_numbers_and_the_week_begins_on_Monday()
    {
        var sunday = new DateTime(2024, 3, 31, 18, 45, 0);
        Assert.Equal([2024, 3, 31, 6, 18.75f], Enum.GetValues<DatePart>().Select(part => TableDate.Part(sunday, part)));
        Assert.Equal(0, TableDate.Part(sunday.AddDays(1), DatePart.Weekday));
    }
}
