using System.Runtime.InteropServices;
using System.Text;
using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Datasets.Tables;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class CovertypeDatasetTests
{
    [Fact]
    public void A_row_is_ten_numbers_two_codes_and_a_class()
    {
        var samples = Read(Row(wilderness: 2, soil: 39, type: 7) + "\n" + Row(wilderness: 0, soil: 0, type: 1) + "\r\n");
        Assert.Equal(["numeric", "categorical"], samples.Features.Select(f => f.Name));
        Assert.Equal([2596, 51, 3, 258, -12, 510, 221, 232, 148, 6279], MemoryMarshal.Cast<byte, float>(samples.Features[0].Data.Span)[..10].ToArray());
        Assert.Equal([3L, 40, 1, 1], MemoryMarshal.Cast<byte, long>(samples.Features[1].Data.Span).ToArray());
        Assert.Equal([6L, 0], samples.Labels.ToArray());
    }

    [Theory]
    [InlineData("wilderness none", "line 2, column 11: no wilderness area is set; expected one of columns 11 to 14 to be 1.")]
    [InlineData("wilderness two", "line 2, column 13: a second wilderness area is set, after that in column 11")]
    [InlineData("soil none", "line 2, column 15: no soil type is set; expected one of columns 15 to 54")]
    [InlineData("soil two", "line 2, column 54: a second soil type is set, after that in column 20")]
    [InlineData("soil 2", "line 2, column 20: '2'; expected a whole number from 0 to 1")]
    [InlineData("type 8", "line 2, column 55: '8'; expected a whole number from 1 to 7")]
    [InlineData("type 0", "line 2, column 55: '0'")]
    [InlineData("word", "line 2, column 4: 'far'")]
    [InlineData("short", "line 2, column 55: the row has 54 fields")]
    public void A_row_that_is_none_is_named_by_line_and_column(string fault, string expected)
    {
        var fields = Row(0, 5, 3).Split(',');
        switch (fault)
        {
            case "wilderness none": fields[10] = "0"; break;
            case "wilderness two": fields[12] = "1"; break;
            case "soil none": fields[19] = "0"; break;
            case "soil two": fields[53] = "1"; break;
            case "soil 2": fields[19] = "2"; break;
            case "type 8": fields[54] = "8"; break;
            case "type 0": fields[54] = "0"; break;
            case "word": fields[3] = "far"; break;
            default: fields = fields[..54]; break;
        }
        var error = Assert.Throws<DatasetFormatException>(() => Read($"{Row(0, 5, 3)}\n{string.Join(",", fields)}\n"));
        Assert.Contains("covtype.data: " + expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_an_error() => Assert.Contains("empty", Assert.Throws<DatasetFormatException>(() => Read("")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_soil_types_are_forty_different_codes()
    {
        using var folder = new TempFolder();
        File.WriteAllLines(folder.File("rows"), Enumerable.Range(0, 100).Select(i => Row(i % 4, i % 40, 1 + (i % 5))));
        using var scratch = new ScratchFile(folder.Path);
        var content = CovertypeDataset.Definition.Read!(new DatasetReading([folder.File("rows")], new DataOptions { Dataset = "covertype" }, 1, scratch, default));
        var soil = content.Columns.Single(c => c.Name == "soil_type");
        Assert.Equal((40, "2702", "8776"), (soil.Categories.Distinct().Count(), soil.Categories[0], soil.Categories[^1]));
        Assert.Equal(12, content.Columns.Count);
        Assert.Equal((15, 85), (content.Test!.Count, content.Train.Count));
        Assert.Equal(["covertype: 100 rows; UCI's file has 581,012"], content.Notes);
    }

    private static string Row(int wilderness, int soil, int type) => string.Join(",",
        new[] { "2596,51,3,258,-12,510,221,232,148,6279" }
            .Concat(Enumerable.Range(0, 4).Select(i => i == wilderness ? "1" : "0"))
            .Concat(Enumerable.Range(0, 40).Select(i => i == soil ? "1" : "0"))
            .Append(type.ToString()));

    private static SampleSet Read(string csv) => CovertypeDataset.ReadSamples(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "covtype.data");
}
