using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>A folder run, without the images' own work: the list of them, its parts, and the rows put together.</summary>
internal static class ImageGrowth
{
    private const int Shards = 8;

    public static IReadOnlyList<Growth> All { get; } =
    [
        new("list the images of a folder", [10_000, 100_000], (folder, images) =>
        {
            MakeImages(folder, images);
            return () => Expect(images, new FolderInputs { Paths = [folder] }.Files().LongCount());
        }),
        new("write the list and the lists of 8 shards", [10_000, 100_000, 1_000_000], (folder, images) => () =>
        {
            using var list = ImageList.Write(Enumerable.Range(0, images).Select(i => PathOf(folder, i)), folder);
            list.ShareOut(new JobFolder(folder), Shards);
        }),
        new("read a list and look whether the images are there", [10_000, 100_000], (folder, images) =>
        {
            MakeImages(folder, images);
            var list = Path.Combine(folder, "list.txt");
            File.WriteAllLines(list, Enumerable.Range(0, images).Select(i => PathOf(folder, i)));
            return () => Expect(images, new FolderInputs { Lists = [list] }.Enumerate().LongCount());
        }),
        new("put the rows of 8 shards together", [10_000, 100_000, 1_000_000], (folder, rows) =>
        {
            string[] shards = [.. Enumerable.Range(0, Shards).Select(shard => Path.Combine(folder, $"{shard}.csv"))];
            foreach (var (shard, path) in shards.Index())
                File.WriteAllLines(path, Enumerable.Range(0, rows).Where(row => row % Shards == shard).Select(row => $"{PathOf(folder, row)},Sneaker,0.912345,Sandal,0.056789,Ankle boot,0.012345,").Prepend("path,label,probability,label2,probability2,label3,probability3,error"));
            return () => Expect(rows, ResultMerger.Merge(shards, Path.Combine(folder, "rows.csv")));
        }),
    ];

    private static void MakeImages(string folder, int images)
    {
        for (var i = 0; i < images; i++) File.Create(PathOf(folder, i)).Dispose();
    }

    private static string PathOf(string folder, int image) => Path.Combine(folder, $"{image:d7}.png");

    private static void Expect(long expected, long found)
    {
        if (found != expected) throw new InvalidOperationException($"{found} of {expected} were gone through.");
    }
}
