using System.Globalization;
using System.Text;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class CsvDatasetTests : IDisposable
{
    private readonly CsvFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_becomes_numbers_codes_and_classes()
    {
        _folder.Write("age,colour,member,since,y\n31,red,yes,2024-02-29,no\n?,blue,no,2023-12-31,yes\n4.5e1,,yes,,no\n-7,red,NA,2024-01-01,yes\n");
        using var dataset = _folder.Build(_folder.Options with { Test = 0 });
        Assert.Equal([ColumnKind.Number, ColumnKind.Category, ColumnKind.Boolean, ColumnKind.Date], dataset.Columns.Select(c => c.Kind));
        Assert.Equal(["blue", "red"], dataset.Columns[1].Categories);
        Assert.Equal(["since.year", "since.month", "since.day", "since.weekday"], dataset.Columns[3].Numbers);
        Assert.Equal(["no", "yes"], dataset.Labels);
        Assert.Equal([0L, 1, 0, 1], CsvFolder.Longs(dataset.Train.Label));
        Assert.Equal([2L, 1, 0, 2], CsvFolder.Longs(dataset.Train.Features[1]));
        Assert.Equal([31, 1, 2024, 2, 29, 3, float.NaN, 0, 2023, 12, 31, 6, 45, 1, float.NaN, float.NaN, float.NaN, float.NaN, -7, float.NaN, 2024, 1, 1, 0], CsvFolder.Floats(dataset.Train.Features[0]));
        Assert.Equal(23, dataset.Mean[0], 4);
        Assert.Contains("table.csv: 4 rows, fields separated by commas; target 'y', 2 classes", dataset.Notes);
        Assert.Contains("categories: colour (2 words; 1 missing)", dataset.Notes);
    }

    [Theory]
    [InlineData(';', "semicolons")]
    [InlineData('\t', "tabs")]
    [InlineData('|', "bars")]
    public void The_delimiter_is_found(char delimiter, string name) =>
        Assert.Equal(name, _folder.Write("a,b,y\n1,x,p\n2,z,q\n".Replace(',', delimiter)).Summarize().Delimiter);

    [Fact]
    public void Quotes_byte_order_mark_blanks_and_line_breaks_are_read_as_RFC_4180_says()
    {
        _folder.Write("\"a\", b ,y\r\n\"x, \"\"1\"\"\", 7 ,p\r\n\"two\nlines\",8,q\r\n\r\n\"two\nlines\",9,q", new UTF8Encoding(true));
        using var dataset = _folder.Build(_folder.Options with { Test = 0 });
        Assert.Equal(["a", "b"], dataset.Columns.Select(c => c.Name));
        Assert.Equal(["two\nlines", "x, \"1\""], dataset.Columns[0].Categories);
        Assert.Equal([7, 8, 9], CsvFolder.Floats(dataset.Train.Features[0]));
    }

    [Fact]
    public void A_gzipped_file_gives_the_same_as_a_plain_one()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},{i % 2}\n"));
        Tensors(_folder.Write(text));
        var plain = Tensors(_folder.Write(text));
        Assert.Equal(plain, Tensors(_folder.WriteBytes(SmallData.Gzip(Encoding.UTF8.GetBytes(text)))));
    }

    [Theory]
    [InlineData(TextEncoding.Latin1)]
    [InlineData(TextEncoding.Utf16)]
    public void Another_encoding_is_read_when_it_is_named(TextEncoding encoding)
    {
        var text = "größe,y\nschön,1\nübel,2\n";
        _folder.WriteBytes(encoding == TextEncoding.Latin1 ? Encoding.Latin1.GetBytes(text) : Encoding.Unicode.GetBytes(text));
        Assert.Contains(encoding == TextEncoding.Latin1 ? "no UTF-8" : "NUL", _folder.Fault(), StringComparison.Ordinal);
        var column = Assert.Single(_folder.Summarize(_folder.Options with { Encoding = encoding }).Columns).Column;
        Assert.Equal(("größe", "schön"), (column.Name, column.Categories[0]));
    }

    [Fact]
    public void Without_headings_the_columns_are_numbered_and_the_first_row_is_a_row()
    {
        _folder.Write("1,a\n2,b\n3,a\n");
        using var dataset = _folder.Build(new CsvOptions { Path = _folder.Csv, Target = "column2", Header = false, Test = 0 });
        Assert.Equal("column1", Assert.Single(dataset.Columns).Name);
        Assert.Equal(3, dataset.Train.Count);
    }

    [Fact]
    public void Many_different_numbers_are_a_regression_unless_the_options_say_classes()
    {
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i % 7},{i * 0.5}\n")));
        using (var dataset = _folder.Build())
        {
            Assert.Equal("y", dataset.Target!.Name);
            Assert.Equal(CsvFolder.Floats(dataset.Train.Label).Average(), dataset.Target.Mean, 0.001);
            Assert.InRange(dataset.Test.Count, 14, 16);
        }
        Assert.Equal(100, _folder.Summarize(_folder.Options with { Task = TableTask.Classification }).Classes.Count);
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i % 7},{i % 20}\n")));
        Assert.Equal(["0", "1", "2"], _folder.Summarize().Classes.Take(3).Select(c => c.Word));
        Assert.Equal(TableTask.Regression, _folder.Summarize(_folder.Options with { Task = TableTask.Regression }).Task);
    }

    [Fact]
    public void Words_are_those_of_the_training_part_and_others_are_unknown_elsewhere()
    {
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"w{i % 199},{i % 2}\n")));
        using var dataset = _folder.Build(data: new DataOptions { Validation = 0.3 });
        var codes = CsvFolder.Longs(dataset.Train.Features[0]);
        Assert.Equal(dataset.Columns[0].Categories.Count, codes.Distinct().Count());
        Assert.DoesNotContain(0L, codes);
        Assert.Contains(0L, CsvFolder.Longs(dataset.Validation.Features[0]).Concat(CsvFolder.Longs(dataset.Test.Features[0])));
    }

    [Fact]
    public void Rare_words_beyond_the_limit_are_unknown()
    {
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{(i < 50 ? "often" : i < 80 ? "some" : $"rare{i}")},{i % 2}\n")));
        using var dataset = _folder.Build(_folder.Options with { Test = 0, MaxCategories = 2 });
        Assert.Equal(["often", "some"], dataset.Columns[0].Categories);
        Assert.Equal(20, CsvFolder.Longs(dataset.Train.Features[0]).Count(code => code == 0));
        Assert.Contains("column 'a' keeps its 2 most frequent words (csv.maxCategories) of 22; the others, in 20 of 100 training rows, count as unknown", dataset.Notes);
    }

    [Fact]
    public void The_options_overrule_what_the_values_show()
    {
        _folder.Write("zip,when,y\n10115,03/04/2020,1\n20095,13/04/2020,0\n");
        var columns = _folder.Summarize(_folder.Options with
        {
            Columns = [new() { Name = "zip", Categories = ["20095"] }, new() { Name = "when", Format = "dd/MM/yyyy", Parts = [DatePart.Month] }],
        }).Columns;
        Assert.Equal((ColumnKind.Category, 1), (columns[0].Column.Kind, columns[0].Column.Categories.Count));
        Assert.Equal((ColumnKind.Date, "when.month", "2020-04-03"), (columns[1].Column.Kind, columns[1].Column.Numbers.Single(), columns[1].Min));
        Assert.Equal("d/M/yyyy", _folder.Summarize().Columns[1].Column.Format);
    }

    [Theory]
    [InlineData("1.234,5", ",", ".", 1234.5)]
    [InlineData("-12 345 678", ".", " ", -12345678)]
    [InlineData("1,5", ",", null, 1.5)]
    [InlineData("1'000.25e1", ".", "'", 10002.5)]
    public void Numbers_have_the_marks_that_are_named(string text, string mark, string? thousands, double value)
    {
        _folder.Write($"a;y\n{text};1\n0;2\n");
        var column = _folder.Summarize(_folder.Options with { Decimal = mark, Thousands = thousands }).Columns[0];
        Assert.Equal(ColumnKind.Number, column.Column.Kind);
        Assert.Equal(value, Math.Abs(double.Parse(column.Max!, CultureInfo.InvariantCulture)) + Math.Min(0, double.Parse(column.Min!, CultureInfo.InvariantCulture)), 1e-4 * Math.Abs(value));
    }

    [Theory]
    [InlineData("1.23,5")]
    [InlineData("1.2345")]
    [InlineData("1,2,3")]
    public void Misplaced_marks_make_no_number(string text) =>
        Assert.Equal(ColumnKind.Category, _folder.Write($"a;y\n{text};1\n0;2\n").Summarize(_folder.Options with { Decimal = ",", Thousands = "." }).Columns[0].Column.Kind);

    [Fact]
    public void Two_classes_are_made_of_many()
    {
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{i},{"pqr"[i % 3]}\n")));
        using var dataset = _folder.Build(data: new DataOptions { Validation = 0, Binary = new() { Positive = ["r"], Names = ["rest", "r"] } });
        Assert.Equal(["rest", "r"], dataset.Labels);
        Assert.All(Enumerable.Range(0, dataset.Train.Count), i => Assert.Equal(CsvFolder.Floats(dataset.Train.Features[0])[i] % 3 == 2 ? 1 : 0, CsvFolder.Longs(dataset.Train.Label)[i]));
    }

    [Fact]
    public void A_limit_keeps_the_shares_of_the_classes()
    {
        _folder.Write("a,y\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},{(i % 10 == 0 ? "rare" : "often")}\n")));
        using var dataset = _folder.Build(data: new DataOptions { Validation = 0.2, Limit = 50 });
        Assert.Equal((50, 50, 50), (dataset.Train.Count, dataset.Validation.Count, dataset.Test.Count));
        Assert.Equal(5, CsvFolder.Longs(dataset.Train.Label).Count(label => dataset.Labels[(int)label] == "rare"));
    }

    [Fact]
    public void The_same_file_and_seed_give_the_same_bytes_and_the_folder_does_not_count()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7 % 31},{i % 3}\n"));
        using var other = new CsvFolder();
        Assert.Equal(Tensors(_folder.Write(text)), Tensors(other.Write(text)));
        Assert.Equal(DatasetSources.Fingerprint(new DataOptions { Dataset = "csv", Csv = _folder.Options }), DatasetSources.Fingerprint(new DataOptions { Dataset = "csv", Csv = other.Options }));
        Assert.Equal("table.csv", DatasetSources.Deciding(new DataOptions { Dataset = "csv", Csv = other.Options }).Csv!.Path);
    }

    private static string[] Tensors(CsvFolder folder)
    {
        folder.Build(data: new DataOptions { Validation = 0.2 }).Dispose();
        return [.. Directory.GetFiles(folder.Output).Order(StringComparer.Ordinal).Select(f => Convert.ToHexString(File.ReadAllBytes(f)))];
    }
}
