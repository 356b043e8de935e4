using System.Text.Json;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class FolderJobTests : IDisposable
{
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_columns_are_those_that_were_chosen()
    {
        var (dark, bad) = (_folder.Write("dark.png", TestModels.UniformPng(0)), _folder.Write("bad.png", [1]));
        var table = _folder.Write("photos.csv", "id,file", $"\"7,5\",{dark}", $"8,{bad}");
        var options = new FolderJobOptions
        {
            Inputs = new FolderInputs { Paths = [table], PathColumn = "file" },
            Columns = ["input.id", "probability.bright", "label", "label2", "path"],
            OutputPath = _folder.File("rows.csv"),
        };
        await new FolderJob(_folder.Model, options).RunAsync();
        var bright = TestModels.Expected(0)[1].ToString("0.0000");
        Assert.Equal($"input.id,probability.bright,label,label2,path\r\n\"7,5\",{bright},dark,middle,{dark}\r\n8,,,,{bad}\r\n", File.ReadAllText(_folder.File("rows.csv")));

        using var output = new StringWriter();
        await new FolderJob(_folder.Model, options with { Format = RowFormat.JsonLines, OutputPath = null, Output = output, Columns = ["error", "probabilities", "input.id"], Top = 2 }).RunAsync();
        var rows = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Equal(["probabilities", "input.id"], rows[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(["dark", "middle"], rows[0].GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["error", "input.id"], rows[1].EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("lable", "no column 'lable'. Valid: path, label, probability, label2, probability2 (to 3), probability.dark")]
    [InlineData("label,label", "'label' is there twice")]
    [InlineData("label4", "no column 'label4'")]
    [InlineData("label1", "no column 'label1'")]
    [InlineData("probabilities", "no column 'probabilities'")]
    [InlineData("value", "no column 'value'")]
    [InlineData("input.id", "is one of a table")]
    [InlineData("", "There are no columns")]
    public void A_column_that_there_is_not_is_an_error_that_lists_the_valid_ones(string columns, string message)
    {
        var options = new FolderJobOptions { Columns = columns.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new FolderJob(_folder.Model, options)).Message);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        var file = new FolderJobOptions { OutputPath = "rows.csv", Resume = true };
        Refused(file with { OutputPath = null }, "name the file");
        Refused(file with { Format = RowFormat.Text }, "cannot be read back");
        Refused(file with { Columns = ["label"] }, "column 'path'");
        Refused(file with { MoveTo = "x/{label}" }, "no longer found");
        Refused(file with { Watch = true }, "cannot be resumed");
        Refused(new FolderJobOptions { Format = RowFormat.Text, Columns = ["path"] }, "text has its own");
        Refused(new FolderJobOptions { Watch = true, Inputs = new FolderInputs { Paths = [_folder.File("absent")] } }, "Only folders that exist");
        Refused(new FolderJobOptions { Watch = true, Folder = new FolderOptions { Shard = new Shard(1, 2) } }, "no fixed order");
        Refused(new FolderJobOptions { MoveTo = "sorted" }, "expected a path with {label}");
        Refused(new FolderJobOptions { MoveTo = "{label}/{date}" }, "no other braces");
        Refused(new FolderJobOptions { MoveTo = _folder.File("in/sorted/{label}"), Inputs = new FolderInputs { Paths = [_folder.Path] } }, "they would be found again");
        Refused(new FolderJobOptions { MoveTo = _folder.File("in/{label}"), Inputs = new FolderInputs { Paths = [_folder.File("**/*.png")] } }, "they would be found again");

        void Refused(FolderJobOptions options, string message) => Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => new FolderJob(_folder.Model, options)).Message);
    }

    [Fact]
    public async Task The_summary_lists_the_least_certain_and_progress_comes_batch_by_batch()
    {
        var many = _folder.WriteMany("many", 40);
        var told = new Told();
        var options = new FolderJobOptions { Inputs = new FolderInputs { Paths = [many] }, Folder = new FolderOptions { BatchSize = 8 }, LowConfidence = 3 };
        var summary = await new FolderJob(_folder.Model, options).RunAsync(told);
        Assert.Equal([8, 16, 24, 32, 40], told.Facts.Select(f => f.Done));
        Assert.All(told.Facts, fact => Assert.True(fact.Total is null or 40));
        Assert.Equal((35, 5), (summary.Done, summary.Failed));
        var rows = await _folder.PredictAsync(options.Inputs);
        Assert.Equal(rows.Where(r => r.Error is null).OrderBy(r => r.Probability).Take(3).Select(r => r.Path), summary.LowConfidence.Select(r => r.Key));
        Assert.Equal(summary.Done, summary.Labels.Values.Sum());
    }

    [Fact]
    public async Task A_cancelled_run_leaves_whole_rows()
    {
        using var stop = new CancellationTokenSource();
        var options = new FolderJobOptions { Inputs = new FolderInputs { Paths = Enumerable.Repeat(_folder.Write("a.png", TestModels.UniformPng(0)), int.MaxValue) }, OutputPath = _folder.File("rows.csv") };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new FolderJob(_folder.Model, options).RunAsync(new Told { Then = stop.Cancel }, stop.Token));
        var lines = File.ReadAllText(_folder.File("rows.csv")).Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.Equal(1, (lines.Length - 1) % 32);
    }

    private sealed class Told : IProgress<FolderProgress>
    {
        public List<FolderProgress> Facts { get; } = [];

        public Action Then { get; init; } = () => { };

        public void Report(FolderProgress value)
        {
            Facts.Add(value);
            Then();
        }
    }
}
