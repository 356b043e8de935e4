using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class ShardTests : IDisposable
{
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_merged_are_the_file_of_one_run_byte_for_byte()
    {
        var many = Directory.GetFiles(_folder.WriteMany("many", 33)).Order(StringComparer.Ordinal).ToArray();
        var cases = from inputs in Gen.Choose(1, 33) from shards in Gen.Choose(1, 6) from batch in Gen.Choose(1, 9) from format in Gen.Elements(RowFormat.Csv, RowFormat.JsonLines) select (inputs, shards, batch, format);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var options = new FolderJobOptions { Inputs = new FolderInputs { Paths = many.Take(c.inputs) }, Format = c.format };
            var whole = Run(options, "whole", c.batch, Shard.Whole);
            var files = Enumerable.Range(1, c.shards).Select(i => Run(options, $"shard{i}", c.batch, new Shard(i, c.shards))).ToArray();
            Assert.Equal(c.inputs, ResultMerger.Merge(files, _folder.File("merged")));
            return File.ReadAllBytes(whole).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.File("merged")));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("a\n1\n3\n", "a\n2\n", "a\n1\n2\n3\n")]
    [InlineData("a\n\"1\n\"\n", "a\n", "a\n\"1\n\"\n")]
    [InlineData("{1}\n", "", "{1}\n")]
    public void Rows_come_by_turns(string first, string second, string merged)
    {
        File.WriteAllText(_folder.File("1"), first);
        File.WriteAllText(_folder.File("2"), second);
        ResultMerger.Merge([_folder.File("1"), _folder.File("2")], _folder.File("merged"));
        Assert.Equal(merged, File.ReadAllText(_folder.File("merged")));
    }

    [Theory]
    [InlineData("a\n1\n3\n", "a\n", "it has more rows than fit")]
    [InlineData("a\n1\n", "a\n2\n4\n", "it has more rows than fit")]
    [InlineData("a\n1\n", "b\n2\n", "its columns are b; expected a")]
    [InlineData("a\n1\n", "a\n2", "its last row is cut short")]
    [InlineData("a\n1\n", "", "it has no header")]
    [InlineData("a\n1\n", "{\"a\":1}\n", "it is no JSON Lines")]
    public void Files_that_are_not_the_shards_of_one_run_are_refused_and_nothing_is_written(string first, string second, string message)
    {
        File.WriteAllText(_folder.File("1"), first);
        File.WriteAllText(_folder.File("2"), second);
        Assert.Contains(message, Assert.Throws<ResultFileException>(() => ResultMerger.Merge([_folder.File("1"), _folder.File("2")], _folder.File("merged"))).Message);
        Assert.Equal(["1", "2"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Cells_of_any_text_are_read_back_as_they_were_written()
    {
        var text = Gen.Elements("\"", ",", "\r", "\n", "a", "ä", " ").ListOf().Select(string.Concat);
        Prop.ForAll(text.ListOf().Where(cells => cells.Count > 1).ToArbitrary(), cells =>
        {
            var line = string.Join(',', cells.Select(c => c.AsSpan().ContainsAny(",\"\r\n") ? $"\"{c.Replace("\"", "\"\"")}\"" : c)) + "\r\n";
            using var stream = new MemoryStream([.. System.Text.Encoding.UTF8.GetBytes(line + line)]);
            var rows = new RowFile(stream, "rows", RowFormat.Csv);
            for (var i = 0; i < 2; i++) Assert.True(rows.Read() && StoredRow.Fields(rows.Row).SequenceEqual(cells));
            return !rows.Read() && !rows.IsTorn && rows.Position == stream.Length;
        }).QuickCheckThrowOnFailure();
    }

    private string Run(FolderJobOptions options, string name, int batch, Shard shard)
    {
        new FolderJob(_folder.Model, options with { OutputPath = _folder.File(name), Folder = new FolderOptions { BatchSize = batch, Shard = shard } }).RunAsync().GetAwaiter().GetResult();
        return _folder.File(name);
    }
}
