using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>The images of a folder run, shared out to its shards.</summary>
public sealed class ImageListTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_shard_has_a_list_of_its_own_images_by_turns_also_where_there_are_fewer_images_than_shards()
    {
        ShareOut(["a/1.png", "a/2.png", "ä 3.png", "4.png", "5.png"], shards: 3);
        Assert.Equal("a/1.png\n4.png\n", Text(1));
        Assert.Equal("a/2.png\n5.png\n", Text(2));
        Assert.Equal("ä 3.png\n", Text(3));
        ShareOut(["a/1.png"], shards: 2);
        Assert.Equal("", Text(2));
        Assert.False(File.Exists(_folder.File(PredictTasks.ListFile)));
    }

    [Fact]
    public void With_an_archive_among_them_all_shards_have_the_one_list_since_each_takes_its_part_of_the_archive()
    {
        ShareOut(["1.png", "photos.tar.gz"], shards: 2);
        Assert.Equal("1.png\nphotos.tar.gz\n", File.ReadAllText(_folder.File(PredictTasks.ListFile)));
        Assert.False(Directory.Exists(_folder.File(PredictTasks.ListFolder)));
    }

    [Fact]
    public void Nothing_temporary_is_left()
    {
        ShareOut(["1.png"], shards: 1);
        Assert.Throws<UsageException>(() => ImageList.Write(["1\n.png"], _folder.Path));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    private string Text(int shard) => File.ReadAllText(_folder.File(PredictTasks.ListOf(shard)));

    private void ShareOut(string[] images, int shards)
    {
        using var list = ImageList.Write(images, _folder.Path);
        list.ShareOut(new JobFolder(_folder.Path), shards);
    }
}
