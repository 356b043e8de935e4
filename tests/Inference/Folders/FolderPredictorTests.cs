using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class FolderPredictorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Predictor _model = Predictor.Open(TestModels.Brightness());

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(64, 2)]
    public async Task Rows_come_in_the_order_of_the_paths_whatever_the_batch_and_workers(int batch, int workers)
    {
        var paths = Enumerable.Range(0, 50).Select(i => Write($"{i:000}.png", TestModels.UniformPng((byte)(i * 5)))).ToArray();
        var rows = await Run([_folder.Path], batch, workers);
        Assert.Equal(paths, rows.Select(r => r.Path));
        for (var i = 0; i < rows.Count; i++) PredictorTests.AssertClose(TestModels.Expected(i * 5 / 255.0), rows[i].Prediction!.Probabilities);
    }

    [Fact]
    public async Task A_bad_file_is_one_row_with_an_error_and_stops_nothing()
    {
        var good = TestModels.UniformPng(255);
        Write("a.png", good);
        Write("b.png", good[..40]);
        Write("c.jpg", []);
        Write("d.bmp", "BM but no bitmap at all, really not"u8.ToArray());
        Write("e.png", good);
        var rows = await Run([_folder.File("absent.png"), _folder.Path], 2, 2);
        Assert.Equal(["absent.png", "a.png", "b.png", "c.jpg", "d.bmp", "e.png"], rows.Select(r => Path.GetFileName(r.Path)));
        Assert.Equal([null, "bright", null, null, null, "bright"], rows.Select(r => r.Label));
        Assert.All(rows, row => Assert.True(row.Error is null ^ row.Prediction is null));
        Assert.Contains("no such file", rows[0].Error);
        Assert.Contains("cut short", rows[2].Error);
        Assert.Contains("empty", rows[3].Error);
        var summary = new ResultSummary();
        foreach (var row in rows) summary.Add(row);
        Assert.Equal((2, 4), (summary.Done, summary.Failed));
        Assert.Equal(2, summary.Labels["bright"]);
    }

    [Fact]
    public async Task A_folder_counts_images_below_it_by_extension_and_an_empty_one_is_an_error()
    {
        Write("sub/deep/x.PNG", TestModels.UniformPng(0));
        Write("notes.txt", [1]);
        Write(".hidden.png", TestModels.UniformPng(0));
        Directory.CreateDirectory(_folder.File("empty"));
        Directory.CreateSymbolicLink(_folder.File("loop"), _folder.Path);
        var rows = await Run([_folder.Path, _folder.File("empty"), Write("picture", TestModels.UniformPng(255))], 8, 2);
        Assert.Equal(["x.PNG", "empty", "picture"], rows.Select(r => Path.GetFileName(r.Path)));
        Assert.Equal(["dark", null, "bright"], rows.Select(r => r.Label));
        Assert.Contains("no images", rows[1].Error);
    }

    [Fact]
    public void Paths_come_in_ordinal_order_for_any_names()
    {
        var name = Gen.Elements("a", "B", "a.b", "a-b", "ä", "10", "9", "_").Resize(3);
        var tree = from depth in Gen.Choose(0, 2) from parts in name.ListOf(depth) from file in name select string.Join('/', parts.Append(file + ".png"));
        Prop.ForAll(tree.ListOf(12).ToArbitrary(), files =>
        {
            using var folder = new TempFolder();
            foreach (var file in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
                if (!Directory.Exists(folder.File(file))) File.WriteAllBytes(folder.File(file), []);
            }
            var expected = Directory.EnumerateFiles(folder.Path, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
            var found = new FolderInputs { Paths = [folder.Path] }.Enumerate().Where(p => p.Error is null).Select(p => p.Path);
            return expected.SequenceEqual(found);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Enumeration_stays_a_few_batches_ahead_of_the_reader()
    {
        Write("a.png", TestModels.UniformPng(0));
        var enumerated = 0;
        var endless = Enumerable.Repeat(_folder.File("a.png"), int.MaxValue).Select(path =>
        {
            Interlocked.Increment(ref enumerated);
            return path;
        });
        var predictor = new FolderPredictor(_model, new FolderOptions { BatchSize = 4, Workers = 2 });
        var read = 0;
        await foreach (var row in predictor.PredictAsync(endless))
        {
            Assert.Null(row.Error);
            if (++read == 40) break;
        }
        Assert.InRange(enumerated, 40, 40 + 4 * (2 + 4));
    }

    [Fact]
    public async Task Cancellation_ends_the_run()
    {
        Write("a.png", TestModels.UniformPng(0));
        using var stop = new CancellationTokenSource();
        var predictor = new FolderPredictor(_model);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in predictor.PredictAsync(Enumerable.Repeat(_folder.File("a.png"), int.MaxValue), stop.Token)) await stop.CancelAsync();
        });
    }

    private string Write(string name, byte[] bytes)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private async Task<List<FolderRow>> Run(IEnumerable<string> paths, int batch, int workers)
    {
        var rows = new List<FolderRow>();
        await foreach (var row in new FolderPredictor(_model, new FolderOptions { BatchSize = batch, Workers = workers }).PredictAsync(paths)) rows.Add(row);
        return rows;
    }
}
