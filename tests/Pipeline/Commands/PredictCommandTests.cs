using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class PredictCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly string _images;

    public PredictCommandTests()
    {
        _model = _folder.File("model.onnx");
        _images = _folder.File("images");
        File.WriteAllBytes(_model, TestModels.Brightness());
        Directory.CreateDirectory(_images);
        File.WriteAllBytes(Path.Combine(_images, "black.png"), TestModels.UniformPng(0));
        File.WriteAllBytes(Path.Combine(_images, "white.png"), TestModels.UniformPng(255));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_go_to_stdout_and_the_summary_to_stderr()
    {
        var (code, output, error) = await Run(_model, _images, "--top", "1");
        Assert.Equal(0, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"black\.png  dark 0\.95\d\d$", lines[0].TrimEnd());
        Assert.Matches(@"white\.png  bright 0\.95\d\d$", lines[1].TrimEnd());
        Assert.Contains("2 images classified", error);
        Assert.Contains("bright", error);
    }

    [Fact]
    public async Task Json_is_one_object_a_row_with_the_best_classes_first()
    {
        var (code, output, _) = await Run(_model, _images, "--json");
        Assert.Equal(0, code);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Equal(["dark", "bright"], rows.Select(r => r.GetProperty("label").GetString()));
        Assert.Equal(["dark", "middle", "bright"], rows[0].GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
        Assert.Equal(TestModels.Expected(0)[0], rows[0].GetProperty("probability").GetSingle(), 1e-5);
    }

    [Fact]
    public async Task Csv_quotes_what_needs_it_and_goes_to_a_file_when_asked()
    {
        File.WriteAllBytes(Path.Combine(_images, "a, \"b\".png"), TestModels.UniformPng(0));
        var file = _folder.File("rows.csv");
        var (code, output, _) = await Run(_model, _images, "--csv", "--top", "2", "--out", file);
        Assert.Equal((0, ""), (code, output));
        var lines = File.ReadAllText(file).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("path,label,probability,label2,probability2,error", lines[0]);
        Assert.Contains("a, \"\"b\"\".png\",dark,0.9", lines[1]);
        Assert.Equal(4, lines.Length);
    }

    [Theory]
    [InlineData("rows.csv", "path,label,")]
    [InlineData("rows.JSONL", "{\"path\":")]
    public async Task The_name_of_the_output_says_its_format(string name, string expected)
    {
        Assert.Equal(0, (await Run(_model, _images, "--out", _folder.File(name))).Code);
        Assert.StartsWith(expected, File.ReadAllText(_folder.File(name)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_option_is_no_path() =>
        Assert.Contains("There is no option '--format'", Assert.Single(PredictCommand.Create(CliServices.Default).Parse([_model, _images, "--format", "csv"]).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_bad_file_is_a_row_and_exit_code_1()
    {
        File.WriteAllBytes(Path.Combine(_images, "bad.png"), [1, 2, 3]);
        var (code, output, error) = await Run(_model, _images, "--csv");
        Assert.Equal(1, code);
        Assert.Contains("bad.png,,,,,,,\"not an image", output);
        Assert.Contains("white.png,bright", output);
        Assert.Contains("1 failed", error);
    }

    [Theory]
    [InlineData("--json --csv", "exclude each other")]
    [InlineData("--top 0", "--top must be at least 1")]
    [InlineData("--batch -3", "--batch must be at least 1")]
    [InlineData("--device tpu", "cpu, cuda or cuda:n")]
    [InlineData("--shard 3/2", "'3/2' is no shard; expected I/N")]
    [InlineData("--low 0", "--low must be at least 1")]
    public void Bad_options_are_parse_errors(string options, string message) =>
        Assert.Contains(message, string.Join('\n', PredictCommand.Create(CliServices.Default).Parse([_model, _images, .. options.Split(' ')]).Errors));

    [Fact]
    public void Nothing_to_run_on_is_a_parse_error_unless_a_list_is_given()
    {
        var command = PredictCommand.Create(CliServices.Default);
        Assert.Contains("give a PATH, or --list FILE", string.Join('\n', command.Parse([_model]).Errors));
        Assert.Empty(command.Parse([_model, "--list", "paths.txt"]).Errors);
    }

    [Theory]
    [InlineData("--csv --columns lable", "no column 'lable'. Valid: path, label")]
    [InlineData("--columns label", "text has its own")]
    [InlineData("--resume", "name the file")]
    [InlineData("--move-to sorted", "expected a path with {label}")]
    [InlineData("--watch --shard 1/2", "no fixed order")]
    public async Task Options_that_do_not_fit_are_bad_usage(string options, string message)
    {
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, ["predict", _model, _images, .. options.Split(' ')]);
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Contains(message, error);
    }

    [Fact]
    public async Task Every_kind_of_input_is_taken_with_the_columns_that_were_chosen()
    {
        var table = _folder.File("photos.csv");
        File.WriteAllText(table, $"id,file\nseven,{_images}/white.png\n");
        var (code, output, _) = await Run(_model, table, "--path-column", "file", "--csv", "--columns", "label, input.id");
        Assert.Equal((0, "label,input.id\r\nbright,seven\r\n"), (code, output));

        File.WriteAllText(_folder.File("list.txt"), $"{_images}/black.png\n");
        using (var zip = ZipFile.Open(_folder.File("images.zip"), ZipArchiveMode.Create))
        {
            foreach (var name in new[] { "black.png", "white.png" }) zip.CreateEntryFromFile(Path.Combine(_images, name), name);
        }
        var services = new CliServices { Folder = _folder.Path, In = () => new MemoryStream(Encoding.UTF8.GetBytes($"{_images}/white.png\n")) };
        (code, output, var error) = await CommandLine.RunAsync(services, "predict", _model, "-", $"{_images}/bl*.png", _folder.File("images.zip"), "--list", _folder.File("list.txt"), "--json", "--columns", "label", "--low", "1");
        Assert.Equal(0, code);
        Assert.Equal(["bright", "dark", "dark", "bright", "dark"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("label").GetString()));
        Assert.Matches(@"least certain:\n  0\.95\d\d  (dark|bright)  ", error);
    }

    [Fact]
    public async Task Shards_are_merged_to_the_file_of_one_run()
    {
        for (var i = 0; i < 9; i++) File.WriteAllBytes(Path.Combine(_images, $"{i}.png"), TestModels.UniformPng((byte)(i * 20)));
        Assert.Equal(0, (await Run(_model, _images, "--csv", "--out", _folder.File("whole.csv"))).Code);
        foreach (var i in new[] { 1, 2, 3 }) Assert.Equal(0, (await Run(_model, _images, "--csv", "--shard", $"{i}/3", "--out", _folder.File($"{i}.csv"))).Code);
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "merge-rows", "1.csv", "2.csv", "3.csv", "--out", "merged.csv");
        Assert.Equal((0, $"11 rows of 3 shards in {_folder.File("merged.csv")}\n"), (code, output + error));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.csv")), File.ReadAllBytes(_folder.File("merged.csv")));

        (code, _, error) = await CommandLine.RunAsync(_folder.Path, "merge-rows", "3.csv", "1.csv", "--out", "merged.csv");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("more rows than fit", error);
        Assert.Equal(Cli.BadUsage, (await CommandLine.RunAsync(_folder.Path, "merge-rows", "1.csv", "2.csv", "--out", "1.csv")).Code);
    }

    [Fact]
    public void A_model_that_is_not_there_is_a_parse_error() =>
        Assert.Contains("absent.onnx", string.Join('\n', PredictCommand.Create(CliServices.Default).Parse([_folder.File("absent.onnx"), _images]).Errors));

    private static async Task<(int Code, string Out, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await PredictCommand.Create(CliServices.Default).Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
