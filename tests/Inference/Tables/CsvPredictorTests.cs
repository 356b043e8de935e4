using System.IO.Compression;
using System.Text;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Tables;

public sealed class CsvPredictorTests : IDisposable
{
    private const string Header = "age,colour,member,since\n";

    private readonly TempFolder _folder = new();
    private readonly TablePredictor _model = TablePredictor.Open(TestTables.Model(regression: true));

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1024)]
    public void Rows_come_in_order_whatever_the_batch(int batch)
    {
        var text = Header + string.Concat(Enumerable.Range(0, 10).Select(i => i % 4 == 1 ? "bad,red,no,2000-01-01\n" : $"{i}0,,no,2000-01-01\n"));
        var rows = Predict(text, batch);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long?)i), rows.Select(r => r.Row));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i % 4 == 1 ? (float?)null : i), rows.Select(r => r.Value));
        Assert.All(rows.Where(r => r.Error is not null), r => Assert.Equal($"rows: line {r.Row + 1}, column 1 'age'", r.Error!.Split(": 'bad'")[0]));
    }

    [Theory]
    [InlineData("age,colour,member,since\r\n10,\"Größe, \"\"x\"\"\",yes,2001-01-01\r\n")]
    [InlineData("\uFEFFage;colour;member;since\n10;\"Größe, \"\"x\"\"\";yes;2001-01-01")]
    [InlineData("since\tmember\tage\tcolour\n2001-01-01\tyes\t10\t\"Größe, \"\"x\"\"\"\n\n")]
    [InlineData("\"since\",\"member\",\"age\",\"colour\"\n 2001-01-01 , Y ,\"10\",\"Größe, \"\"x\"\"\"\n")]
    public void The_delimiter_the_order_and_the_quotes_are_the_file_s(string text) => Assert.Equal(1 + 3 + 2 + 1, Assert.Single(Predict(text)).Value);

    [Theory]
    [InlineData("1,red\n", "line 2, column 3 'member': the row has 2 fields separated by commas; expected 4")]
    [InlineData("1,red,no,2000-01-01,more\n", "the row has 5 fields separated by commas; expected 4")]
    [InlineData("1,r\0d,no,2000-01-01\n", "line 2, column 2 'colour': there is a NUL character")]
    [InlineData("1,\"red\"x,no,2000-01-01\n", "line 2: no CSV")]
    [InlineData("1,r\"ed,no,2000-01-01\n", "line 2: no CSV")]
    [InlineData("1,red,no,yesterday\n", "line 2, column 4 'since': 'yesterday' is no date")]
    public void A_bad_row_is_one_error_and_the_next_row_is_read(string bad, string expected)
    {
        var rows = Predict($"{Header}{bad}20,,no,2000-01-01\n");
        Assert.Equal([null, 2f], rows.Select(r => r.Value));
        Assert.Contains(expected, rows[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_one_error()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Header + "1,r"), 0xFF, .. Encoding.UTF8.GetBytes("d,no,2000-01-01\n20,,no,2000-01-01\n")];
        var rows = new CsvPredictor(_model).Predict(new MemoryStream(bytes), "rows").ToArray();
        Assert.Equal([null, 2f], rows.Select(r => r.Value));
        Assert.Contains("no UTF-8", rows[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_of_a_megabyte_is_a_word_never_seen_or_no_number()
    {
        var huge = new string('9', 1_000_000);
        var rows = Predict($"{Header}10,{huge},no,2000-01-01\n{huge},red,no,2000-01-01\n20,,no,2000-01-01\n");
        Assert.Equal([1f, null, 2f], rows.Select(r => r.Value));
        Assert.InRange(rows[1].Error!.Length, 100, 1000);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("")]
    public void A_row_without_an_end_is_the_last_error(string quote)
    {
        var rows = Predict($"{Header}10,,no,2000-01-01\n10,{quote}{new string('z', 3 << 20)}\n20,,no,2000-01-01\n");
        Assert.Equal([1f, null], rows.Select(r => r.Value));
        Assert.EndsWith("What lies behind it was not read.", rows[1].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty; expected a row of headings")]
    [InlineData("age,color,member,since\n", "line 1: the column 'colour' is missing; there is no column 'color' (did you mean 'colour'?)")]
    [InlineData("age,colour,member,since,extra\n", "there is no column 'extra'")]
    [InlineData("age,age,colour,member,since\n", "column 2 has the heading 'age', as column 1 has")]
    [InlineData("1,red,no,2000-01-01\n", "the columns 'age', 'colour', 'member', 'since' are missing")]
    public void A_wrong_header_ends_the_file(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<RowException>(() => Predict(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_are_read_one_after_the_other_and_an_unreadable_one_is_one_row()
    {
        File.WriteAllText(_folder.File("a.csv"), Header + "10,,no,2000-01-01\n");
        using (var gzip = new GZipStream(File.Create(_folder.File("b.csv.gz")), CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(Header + "20,,no,2000-01-01\n"));
        var whole = File.ReadAllBytes(_folder.File("b.csv.gz"));
        File.WriteAllBytes(_folder.File("cut.csv.gz"), whole[..^12]);
        string[] paths = [_folder.File("a.csv"), _folder.File("absent.csv"), "-", _folder.File("b.csv.gz"), _folder.Path];
        var rows = new CsvPredictor(_model).Predict(paths, () => new MemoryStream(Encoding.UTF8.GetBytes(Header + "30,,no,2000-01-01\n"))).ToArray();
        Assert.Equal([1f, null, 3f, 2f, null], rows.Select(r => r.Value));
        Assert.Equal(["1", paths[1], "2", "3", paths[4]], rows.Select(r => r.Key));
        Assert.All(new[] { rows[1], rows[4] }, r => Assert.Contains("cannot be read", r.Error, StringComparison.Ordinal));
        Assert.Contains(new CsvPredictor(_model).Predict([_folder.File("cut.csv.gz")], () => Stream.Null), r => r.Error is not null);
    }

    [Fact]
    public void A_table_without_headings_is_read_as_training_read_it()
    {
        using var model = TablePredictor.Open(TestTables.Model(format: new TableFormat { Header = false }));
        var error = Assert.Throws<RowException>(() => new CsvPredictor(model).Predict(new MemoryStream(Encoding.UTF8.GetBytes("1,red,no,2000-01-01\n")), "rows").ToArray());
        Assert.Contains("there is no column 'column1'", error.Message, StringComparison.Ordinal);
    }

    private TableRow[] Predict(string text, int batch = CsvPredictor.DefaultBatchSize) =>
        [.. new CsvPredictor(_model, batch).Predict(new MemoryStream(Encoding.UTF8.GetBytes(text)), "rows")];
}
