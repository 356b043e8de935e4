using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>A table of every kind of column, from a CSV file through the whole pipeline and back to "predict" on the same file.</summary>
public sealed class TablePredictionTests : IDisposable
{
    private const int Count = 300;

    private static readonly string[] Colours = ["red", "\"light; blue\"", "\"a \"\"quoted\"\" one\"", "Größe", "NA", "", "?"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kind", "classification")]
    [InlineData("price", "regression")]
    public async Task Predict_on_the_raw_file_gives_what_evaluate_counted(string target, string task)
    {
        var lines = Rows();
        File.WriteAllText(_folder.File("table.csv"), string.Concat(lines), new UTF8Encoding(true));
        var threshold = task == "classification" ? "export: {threshold: {name: youden}}" : "";
        File.WriteAllText(_folder.File("table.yaml"), $"""
            name: table
            data:
              dataset: csv
              csv:
                path: table.csv
                target: {target}
                task: {task}
                decimal: ","
                thousands: "."
                test: 0.3
                maxCategories: 3
                ignore:
                  - id
                  - {(target == "kind" ? "price" : "kind")}
                columns:
                  - name: since
                    format: d.M.yyyy
            model:
              name: mlp
            train:
              epochs: 2
              batchSize: 32
            {threshold}
            """);
        var run = await CommandLine.RunAsync(_folder.Path, "run", "table.yaml");
        Assert.True(run.Code == Cli.Done, run.Error);

        var model = Path.Combine(_folder.Path, "artifacts", "latest", "model.onnx");
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "predict", model, _folder.File("table.csv"), "--json", "--batch", "7");
        Assert.True(code == Cli.Done, error);
        var predicted = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Equal(Enumerable.Range(1, Count), predicted.Select(p => p.GetProperty("row").GetInt32()));

        using var dataset = Dataset.Open(Path.GetDirectoryName(Published("meta.json"))!);
        var width = Math.Max(1, dataset.Labels.Count);
        var evaluated = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Published(EvaluateStage.PredictionsFile("test")))).ToArray();
        var rows = SerialsOf(dataset, dataset.Test);
        Assert.InRange(rows.Length, Count / 4, Count / 3);
        Assert.Equal(rows.Length * width, evaluated.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = predicted[rows[i] - 1];
            if (dataset.Target is not null) Assert.Equal(evaluated[i], row.GetProperty("value").GetSingle(), 1e-3);
            else Assert.All(dataset.Labels.Index(), label => Assert.Equal(evaluated[(i * width) + label.Index], row.GetProperty("probabilities").GetProperty(label.Item).GetSingle(), 1e-6));
        }
        Assert.True(evaluated.Distinct().Count() > rows.Length / 2, "the model must tell rows apart");
        await OtherFormsOfTheFileGiveTheSame(model, lines, output);
    }

    [Fact]
    public async Task A_bad_row_is_a_row_and_exit_code_1()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestTables.Model());
        File.WriteAllText(_folder.File("rows.csv"), "age,colour,member,since\n30,red,yes,2001-05-06\nold,red,yes,2001-05-06\n0,,,\n");
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "predict", _folder.File("model.onnx"), _folder.File("rows.csv"), "--csv", "--top", "1");
        Assert.Equal(Cli.Failed, code);
        var lines = output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["row,label,probability,error", "1,yes,0.9820,"], lines[..2]);
        Assert.StartsWith("2,,,\"", lines[2], StringComparison.Ordinal);
        Assert.Contains("line 3, column 1 'age': 'old' is no number", lines[2], StringComparison.Ordinal);
        Assert.Equal("3,no,0.9820,", lines[3]);
        Assert.Contains("2 rows classified", error, StringComparison.Ordinal);
        Assert.Contains("1 failed", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_and_the_threshold_show_in_every_form()
    {
        File.WriteAllBytes(_folder.File("value.onnx"), TestTables.Model(regression: true));
        File.WriteAllBytes(_folder.File("low.onnx"), TestTables.Model(threshold: 0.01));
        File.WriteAllText(_folder.File("rows.tsv"), "age\tcolour\tmember\tsince\n5\tred\t\t\n");
        Assert.Equal("1  2.5", (await Predict("value.onnx")).TrimEnd());
        Assert.Equal("row,value,error\r\n1,2.5,\r\n", await Predict("value.onnx", "--csv"));
        Assert.Equal("{\"row\":1,\"value\":2.5}", (await Predict("value.onnx", "--json")).TrimEnd());
        Assert.Equal("1  yes 0.1824  no 0.8176", (await Predict("low.onnx")).TrimEnd());

        async Task<string> Predict(string model, params string[] options) =>
            (await CommandLine.RunAsync(_folder.Path, ["predict", _folder.File(model), _folder.File("rows.tsv"), .. options])).Output;
    }

    [Fact]
    public async Task Images_for_a_table_and_tables_for_images_are_bad_usage()
    {
        File.WriteAllBytes(_folder.File("table.onnx"), TestTables.Model());
        File.WriteAllBytes(_folder.File("images.onnx"), TestModels.Brightness());
        Assert.Contains("takes rows of a table, but 'shoe.PNG' is an image. Give CSV or TSV files with the columns age, colour, member, since.", await Refused("table.onnx", "shoe.PNG"), StringComparison.Ordinal);
        Assert.Contains("is a folder", await Refused("table.onnx", _folder.Path), StringComparison.Ordinal);
        Assert.Contains("takes images, but 'rows.csv.gz' is a table", await Refused("images.onnx", "rows.csv.gz"), StringComparison.Ordinal);

        async Task<string> Refused(string model, string path)
        {
            var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "predict", _folder.File(model), path);
            Assert.Equal((Cli.BadUsage, ""), (code, output));
            return error;
        }
    }

    /// <summary>From stdin, gzipped, with tabs, and without the columns that the model does not use.</summary>
    private async Task OtherFormsOfTheFileGiveTheSame(string model, string[] lines, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines));
        var services = new CliServices { Folder = _folder.Path, In = () => new MemoryStream(bytes) };
        Assert.Equal(expected, (await CommandLine.RunAsync(services, "predict", model, "-", "--json", "--batch", "7")).Output);

        using (var gzip = new GZipStream(File.Create(_folder.File("table.csv.gz")), CompressionLevel.Fastest)) gzip.Write(bytes);
        Assert.Equal(expected, (await CommandLine.RunAsync(_folder.Path, "predict", model, _folder.File("table.csv.gz"), "--json", "--batch", "7")).Output);

        // The last three columns are the id and both targets.
        File.WriteAllLines(_folder.File("features.csv"), lines.Select(line => string.Join(';', line.TrimEnd().Split(';')[..^3])));
        Assert.Equal(expected, (await CommandLine.RunAsync(_folder.Path, "predict", model, _folder.File("features.csv"), "--json", "--batch", "7")).Output);
    }

    private string Published(string name) => Directory.EnumerateFiles(Path.Combine(_folder.Path, "artifacts", "store", "stages"), name, SearchOption.AllDirectories).Single();

    /// <summary>The column "serial" tells which row of the file a sample is.</summary>
    private static int[] SerialsOf(Dataset dataset, DatasetSplit split)
    {
        string[] numbers = [.. dataset.Columns.SelectMany(c => c.Numbers)];
        var tensor = split.Features.Single(f => f.Name == TableFeatures.Numeric);
        var values = MemoryMarshal.Cast<byte, float>(tensor.Items(0, split.Count)).ToArray();
        var place = Array.IndexOf(numbers, "serial");
        return [.. Enumerable.Range(0, split.Count).Select(i => (int)values[(i * numbers.Length) + place])];
    }

    private static string[] Rows()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, 1);
        var lines = new List<string> { "serial;amount;colour;member;since;id;kind;price\n" };
        for (var i = 1; i <= Count; i++)
        {
            var amount = random.Next(500_000) / 100.0;
            var text = amount.ToString("#,##0.00", CultureInfo.InvariantCulture).Replace(',', '_').Replace('.', ',').Replace('_', '.');
            var colour = i % 50 == 0 ? $"rare{i}" : Colours[random.Next(Colours.Length)];
            var member = i % 11 == 0 ? "N/A" : random.Next(2) == 0 ? "Yes" : "no";
            var since = i % 13 == 0 ? "" : $"{1 + random.Next(28)}.{1 + random.Next(12)}.{1990 + random.Next(30)}";
            lines.Add($"{i};{(i % 17 == 0 ? "NULL" : text)};{colour};{member};{since};id-{i};{(amount > 2500 ? "large" : "small")};{(amount / 10).ToString("0.00", CultureInfo.InvariantCulture).Replace('.', ',')}\n");
        }
        return [.. lines];
    }
}
