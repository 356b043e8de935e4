using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class ResumeTests : IDisposable
{
    private readonly ImageFolder _folder = new();
    private readonly string _images;

    public ResumeTests()
    {
        _images = _folder.WriteMany("many", 30);
        _folder.Write("many/a \"name\", with\nall.png", TestModels.UniformPng(90));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RowFormat.Csv, "path,label,probability,label2,error")]
    [InlineData(RowFormat.Csv, null)]
    [InlineData(RowFormat.JsonLines, null)]
    public async Task Cut_anywhere_and_taken_up_again_a_file_ends_with_the_bytes_of_an_uninterrupted_run(RowFormat format, string? columns)
    {
        var options = Options(format) with { Columns = columns?.Split(','), LowConfidence = 4 };
        var full = await new FolderJob(_folder.Model, options).RunAsync();
        var bytes = File.ReadAllBytes(options.OutputPath!);
        Prop.ForAll(Gen.Choose(0, bytes.Length).ToArbitrary(), cut =>
        {
            File.WriteAllBytes(options.OutputPath!, bytes[..cut]);
            var summary = new FolderJob(_folder.Model, options with { Resume = true }).RunAsync().GetAwaiter().GetResult();
            return bytes.AsSpan().SequenceEqual(File.ReadAllBytes(options.OutputPath!))
                && (summary.Done, summary.Failed) == (full.Done, full.Failed) && summary.Labels.SequenceEqual(full.Labels)
                && summary.LowConfidence.Select(r => r.Key).Order().SequenceEqual(full.LowConfidence.Select(r => r.Key).Order());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Without_a_file_one_is_begun_and_a_whole_one_stays_as_it_is()
    {
        var options = Options(RowFormat.Csv) with { Resume = true };
        Assert.Equal(0, (await new FolderJob(_folder.Model, options).RunAsync()).Resumed);
        var bytes = File.ReadAllBytes(options.OutputPath!);
        Assert.Equal(32, (await new FolderJob(_folder.Model, options).RunAsync()).Resumed);
        Assert.Equal(bytes, File.ReadAllBytes(options.OutputPath!));
    }

    [Theory]
    [InlineData("columns", "its columns are path, label, probability, error; expected path, label, probability, label2")]
    [InlineData("format", "row 1 is none of this command")]
    [InlineData("inputs", "row 6 is of")]
    [InlineData("fewer", "there are 8 inputs")]
    [InlineData("model", "would now be another")]
    [InlineData("garbage", "its columns are \u0001")]
    public async Task A_file_of_something_else_is_refused_and_left_alone(string change, string message)
    {
        var options = Options(RowFormat.Csv) with { Columns = change == "columns" ? ["path", "label", "probability", "error"] : null };
        await new FolderJob(_folder.Model, options).RunAsync();
        if (change == "garbage") File.WriteAllBytes(options.OutputPath!, [1, 2, (byte)'\n', 4]);
        // Cut in a row, so that it would be changed if it were taken for its own.
        else File.WriteAllBytes(options.OutputPath!, File.ReadAllBytes(options.OutputPath!)[..^20]);
        var bytes = File.ReadAllBytes(options.OutputPath!);
        using var other = Predictor.Open(Darker());
        if (change == "inputs") File.Delete(Path.Combine(_images, "005.png"));
        if (change == "fewer") options = options with { Inputs = new FolderInputs { Paths = Directory.GetFiles(_images).Order(StringComparer.Ordinal).Take(8) } };
        var resumed = options with { Columns = null, Resume = true, Format = change == "format" ? RowFormat.JsonLines : RowFormat.Csv };
        var fault = await Assert.ThrowsAsync<ResultFileException>(() => new FolderJob(change == "model" ? other : _folder.Model, resumed).RunAsync());
        Assert.Contains(message, fault.Message);
        Assert.Contains("write to another file", fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(bytes, File.ReadAllBytes(options.OutputPath!));
    }

    [Fact]
    public async Task A_list_on_the_standard_input_and_archives_are_resumed_too()
    {
        var zip = _folder.WriteTar("a.tar", [.. Enumerable.Range(0, 12).Select(i => ImageFolder.TarFile($"{i:00}.png", TestModels.UniformPng((byte)(20 * i))))]);
        var options = Options(RowFormat.JsonLines) with { Inputs = new FolderInputs { Paths = ["-"], StandardInput = () => new MemoryStream(Encoding.UTF8.GetBytes($"{_images}\n{zip}\n")) } };
        await new FolderJob(_folder.Model, options).RunAsync();
        var bytes = File.ReadAllBytes(options.OutputPath!);
        File.WriteAllBytes(options.OutputPath!, bytes[..^400]);
        await new FolderJob(_folder.Model, options with { Resume = true }).RunAsync();
        Assert.Equal(bytes, File.ReadAllBytes(options.OutputPath!));
    }

    private FolderJobOptions Options(RowFormat format) => new()
    {
        Inputs = new FolderInputs { Paths = [_images, _folder.File("absent.png")] },
        Folder = new FolderOptions { BatchSize = 4 },
        Format = format,
        OutputPath = _folder.File("rows"),
    };

    /// <summary>The same model with its classes the other way round.</summary>
    private static byte[] Darker()
    {
        var model = Model.Parse(TestModels.Brightness());
        var bias = model.Graph.Initializers.Single(i => i.Name == "bias");
        model.Graph.Initializers.Remove(bias);
        model.Graph.Initializers.Add(Initializer.Create<float>("bias", [3f, -4f, 1f], 3));
        return model.ToBytes();
    }
}
