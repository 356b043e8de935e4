using System.Text.Json;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class DataCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_shown_with_its_columns_and_classes()
    {
        Write("prices.csv", "size;colour;since;y\n", i => $"{i};{"rgb"[i % 3]};2024-03-{1 + (i % 28):00};{(i % 4 == 0 ? "dear" : "cheap")}\n");
        var (code, output, error) = await Run("data prices.csv");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.StartsWith("prices.csv: 60 rows, fields separated by semicolons; target 'y', 2 classes\n", output);
        Assert.Matches(@"\nsize +number +0 +0 +\d+ +-\n", output);
        Assert.Matches(@"\ncolour +category +0 +- +- +b, g, r\n", output);
        Assert.Matches(@"\nsince +date ISO 8601: year, month, day, weekday +0 +2024-03-01", output);
        Assert.Matches(@"\ncheap +45\ndear +15\n", output);

        (_, output, _) = await Run("data prices.csv --target size --json --set ignore=[since]");
        using var json = JsonDocument.Parse(output);
        Assert.Equal("Regression", json.RootElement.GetProperty("task").GetString());
        Assert.Equal(["colour", "y"], json.RootElement.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("column").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_recipes_table_is_found_beside_the_recipe()
    {
        Directory.CreateDirectory(_folder.File("work"));
        Write("work/t.csv", "a,y\n", i => $"{i},{i % 2}\n");
        File.WriteAllText(_folder.File("work/r.yaml"), "name: r\ndata: {dataset: csv, csv: {path: t.csv, target: y}}\nmodel: {name: mlp}\n");
        var (code, output, error) = await Run("data work/r.yaml");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.StartsWith("t.csv: 60 rows", output);
        Assert.Contains("--target is for a file", (await Run("data work/r.yaml --target a")).Error);
    }

    [Fact]
    public async Task A_recipes_other_dataset_is_made_and_counted()
    {
        File.WriteAllText(_folder.File("m.yaml"), "name: m\ndata: {dataset: moons, validation: 0.2, moons: {train: [{samples: 100}]}}\nmodel: {name: mlp}\n");
        var (code, output, _) = await Run("data m.yaml");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"\nupper +40 +10 +250\nlower +40 +10 +250\ntotal +80 +20 +500\n", output);
    }

    [Fact]
    public async Task What_is_wrong_is_told()
    {
        Assert.Equal(Cli.BadUsage, (await Run("data nothing.csv")).Code);
        File.WriteAllText(_folder.File("bad.csv"), "a,y\n1,p\n2\n");
        var (code, _, error) = await Run("data bad.csv");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("bad.csv: line 3, column 2 'y': the row has 1 field", error);
        Assert.Contains("csv.delimiter is 'xx'", (await Run("data bad.csv --set delimiter=xx")).Error);
        Assert.Contains("unknown key 'delimter'. Did you mean 'delimiter'?", (await Run("data bad.csv --set delimter=x")).Error);
    }

    private void Write(string name, string headings, Func<int, string> row) => File.WriteAllText(_folder.File(name), headings + string.Concat(Enumerable.Range(0, 60).Select(row)));

    private Task<(int Code, string Output, string Error)> Run(string line) => CommandLine.RunAsync(_folder.Path, line.Split(' '));
}
