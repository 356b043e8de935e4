using System.Diagnostics;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class FolderWatcherTests : IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_that_are_there_and_that_arrive_are_taken_once_each_when_they_are_complete()
    {
        _folder.Write("in/there.png", TestModels.UniformPng(0));
        using var stop = new CancellationTokenSource();
        var run = new FolderJob(_folder.Model, Options()).RunAsync(null, stop.Token);
        await Until(() => Rows().Length == 1);

        var image = TestModels.UniformPng(255);
        var growing = _folder.File("in/new/growing.png");
        Directory.CreateDirectory(_folder.File("in/new"));
        foreach (var end in Enumerable.Range(1, 10))
        {
            File.WriteAllBytes(growing, image[..(image.Length * end / 10)]);
            await Task.Delay(Settling / 5);
        }
        await Until(() => Rows().Length == 2);
        File.WriteAllBytes(_folder.File("elsewhere.png"), image);
        File.Move(_folder.File("elsewhere.png"), _folder.File("in/moved.png"));
        _folder.Write("in/notes.txt", [1]);
        _folder.Write("in/bad.png", [1]);
        await Until(() => Rows().Length == 4);
        await Task.Delay(Settling * 2);

        await stop.CancelAsync();
        var summary = await run;
        Assert.Equal((3, 1), (summary.Done, summary.Failed));
        Assert.StartsWith($"{_folder.File("in/there.png")},dark", Rows()[0], StringComparison.Ordinal);
        Assert.StartsWith($"{growing},bright", Rows()[1], StringComparison.Ordinal);
        Assert.Equal(4, Rows().Length);
    }

    [Fact]
    public async Task Files_that_arrive_are_sorted_away()
    {
        Directory.CreateDirectory(_folder.File("in"));
        using var stop = new CancellationTokenSource();
        var run = new FolderJob(_folder.Model, Options() with { MoveTo = _folder.File("sorted/{label}") }).RunAsync(null, stop.Token);
        for (var i = 0; i < 3; i++)
        {
            _folder.Write("in/same.png", TestModels.UniformPng(255));
            await Until(() => !File.Exists(_folder.File("in/same.png")));
        }
        await stop.CancelAsync();
        Assert.Equal(3, (await run).Done);
        Assert.Equal(["same (2).png", "same (3).png", "same.png"], Directory.GetFiles(_folder.File("sorted/bright")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private FolderJobOptions Options() => new()
    {
        Inputs = new FolderInputs { Paths = [_folder.File("in")] },
        Watch = true,
        Settling = Settling,
        OutputPath = _folder.File("rows.csv"),
    };

    private string[] Rows()
    {
        if (!File.Exists(_folder.File("rows.csv"))) return [];
        using var file = new FileStream(_folder.File("rows.csv"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. new StreamReader(file).ReadToEnd().Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }

    private static async Task Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "waited too long");
            await Task.Delay(20);
        }
    }
}
