using System.Text;

namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class HostileCsvTests : IDisposable
{
    private readonly CsvFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,y\n1,p\n2,q,r\n", "line 3, column 3: the row has 3 fields separated by commas; expected 2.")]
    [InlineData("a,b,y\n1,2,p\n2,q\n", "line 3, column 3 'y': the row has 2 fields")]
    [InlineData("a y\n1 p\n2 q\n", "line 1, column 1: the row is one field when split at commas")]
    [InlineData("a,a,y\n1,2,p\n", "line 1: column 2 has the heading 'a', as column 1 has")]
    [InlineData("a,,y\n1,2,p\n", "line 1: column 2 has no heading")]
    [InlineData("a,Y\n1,p\n", "there is no column 'y', which csv.target names. Did you mean 'Y'? Columns: a, Y.")]
    [InlineData("a,y\n1,\n", "line 2, column 2 'y': the target is missing ('')")]
    [InlineData("a,y\n1,p\n2,\0\n", "line 3, column 2 'y': there is a NUL character")]
    [InlineData("a,y\n1,p\n\"2,q\n3,r\n", "line 3: no CSV:")]
    [InlineData("a,y\n1,p\n2\"3,q\n", "line 3: no CSV:")]
    [InlineData("", "empty; expected a row of headings")]
    [InlineData("a,y\n", "there is no row after the headings")]
    [InlineData("a,y\n1,p\n2,p\n", "the target 'y' is 'p' in all 2 rows")]
    [InlineData("a,y\n,p\n,q\n", "no column has values but the target")]
    public void What_is_wrong_is_named_by_line_and_column(string text, string expected) =>
        Assert.Contains(expected, _folder.Write(text).Fault(), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_named_by_line_and_column()
    {
        _folder.WriteBytes([.. Encoding.ASCII.GetBytes("a,y\n1,p\nx"), 0xFF, .. Encoding.ASCII.GetBytes(",q\n")]);
        Assert.Contains("line 3, column 1 'a': the bytes are no UTF-8", _folder.Fault(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'")]
    [InlineData("\"")]
    public void A_field_of_ten_megabytes_is_an_error_and_costs_no_such_memory(string start)
    {
        _folder.Write("a,y\n1,p\n" + start + new string('x', 10 << 20) + "\n2,q\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("line 3: no CSV: the row that begins here is longer than", _folder.Fault(), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10 << 20);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1e99")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    public void A_word_in_a_column_that_shall_be_numbers_is_named(string word)
    {
        var options = _folder.Options with { Columns = [new() { Name = "a", Kind = Models.Metadata.ColumnKind.Number }] };
        Assert.StartsWith($"line 3, column 1 'a': '{word}' is no number", _folder.Write($"a,y\n1,p\n{word},q\n").Fault(options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_after_a_thousand_different_numbers_is_named()
    {
        var numbers = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i},{i % 2}\n"));
        var fault = _folder.Write($"a,y\n{numbers}unknown,1\n").Fault();
        Assert.StartsWith("line 2002, column 1 'a': 'unknown' is no number within the range of 32-bit floats, as the 2,000 values before it are. If it stands for a missing value, add it to csv.missing", fault, StringComparison.Ordinal);
        Assert.Equal(1, _folder.Summarize(_folder.Options with { Missing = ["unknown"] }).Columns[0].Missing);
    }

    [Fact]
    public void Ids_free_text_and_ambiguous_dates_are_all_reported_at_once()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"id{i},{1 + (i % 12)}/{1 + (i % 11)}/2020,{i % 3},{i % 2}\n"));
        var fault = _folder.Write($"key,when,n,y\n{rows}").Fault();
        Assert.Contains("column 'key' has a different word in every one of", fault, StringComparison.Ordinal);
        Assert.Contains("Name it in csv.ignore", fault, StringComparison.Ordinal);
        Assert.Contains("column 'when' has dates that read as d/M/yyyy and as M/d/yyyy. Set its format", fault, StringComparison.Ordinal);
        using var dataset = _folder.Build(_folder.Options with { Ignore = ["key", "when"] });
        Assert.Equal("n", Assert.Single(dataset.Columns).Name);
    }

    [Fact]
    public void Long_texts_are_no_categories_and_are_not_kept()
    {
        var fault = _folder.Write("note,y\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{new string('x', 5000)}{i},{i % 2}\n"))).Fault();
        Assert.Contains("column 'note' has texts of more than 1,000 bytes: an id or free text", fault, StringComparison.Ordinal);
        Assert.Contains("longer than the 1,000 bytes that a class's name may have", _folder.Fault(_folder.Options with { Target = "note" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_of_words_after_numbers_is_named()
    {
        var numbers = string.Concat(Enumerable.Range(0, 30).Select(i => $"{i},{i}\n"));
        Assert.Contains("line 32, column 2 'y': the target is 'high'; expected a number", _folder.Write($"a,y\n{numbers}1,high\n").Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_a_target_are_left_out_when_the_options_say_so()
    {
        _folder.Write("a,y\n1,p\n2,?\n3,q\n");
        using var dataset = _folder.Build(_folder.Options with { SkipMissingTarget = true, Test = 0 });
        Assert.Equal(2, dataset.Train.Count);
        Assert.Contains("rows left out, since their target is missing: 1", dataset.Notes);
    }

    [Fact]
    public void Options_that_name_no_column_are_errors()
    {
        _folder.Write("alpha,y\n1,p\n2,q\n");
        Assert.Contains("no column 'alpah', which csv.ignore names. Did you mean 'alpha'?", _folder.Fault(_folder.Options with { Ignore = ["alpah"] }), StringComparison.Ordinal);
        Assert.Contains("no column 'beta', which csv.columns names", _folder.Fault(_folder.Options with { Columns = [new() { Name = "beta" }] }), StringComparison.Ordinal);
        Assert.Contains("'y', which is the target", _folder.Fault(_folder.Options with { Columns = [new() { Name = "y" }] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_a_folder_or_damaged_is_an_error()
    {
        var error = Assert.Throws<DatasetSourceException>(() => _folder.Build(_folder.Options with { Path = _folder.Csv + ".no" }));
        Assert.Contains("table.csv.no cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Throws<DatasetSourceException>(() => _folder.Build(_folder.Options with { Path = Path.GetDirectoryName(_folder.Csv)! }));
        var gzip = SmallData.Gzip(Encoding.UTF8.GetBytes("a,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919 % 1009},{i % 2}\n"))));
        gzip[gzip.Length / 2] ^= 0x55;
        Assert.Throws<DatasetFormatException>(() => _folder.WriteBytes(gzip).Build());
    }

    [Fact]
    public void Every_fault_of_the_options_is_reported_at_once()
    {
        var faults = new DataOptions
        {
            Dataset = "csv",
            Csv = new CsvOptions
            {
                Path = "", Target = "", Delimiter = ",,", Decimal = "x", Thousands = "ab", MaxCategories = 0, Test = 1,
                Columns = [new() { Name = "a", Kind = Models.Metadata.ColumnKind.Number, Categories = ["b", "b"] }, new() { Name = "a" }], Ignore = ["a"],
            },
        }.Validate();
        foreach (var expected in new[] { "csv.path", "csv.target", "csv.delimiter", "csv.decimal", "csv.thousands", "csv.maxCategories", "csv.test", "'a' 2 times", "csv.ignore leaves out", "csv.columns.0.categories is given for a number", "names a word twice" })
            Assert.Contains(faults, fault => fault.Contains(expected, StringComparison.Ordinal));
        Assert.Contains("csv is missing", Assert.Single(new DataOptions { Dataset = "csv" }.Validate()), StringComparison.Ordinal);
        Assert.Contains("only for 'csv'", Assert.Single(new DataOptions { Csv = _folder.Options }.Validate()), StringComparison.Ordinal);
    }
}
