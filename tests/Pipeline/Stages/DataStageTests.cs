using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class DataStageTests
{
    [Fact]
    public void Notes_say_what_was_passed_over_and_where_each_file_came_from()
    {
        ObtainedFile[] files =
        [
            Obtained("a.gz", "/usr/share/datasets/mnist", SourceOrigin.Package),
            Obtained("b.gz", "/usr/share/datasets/mnist", SourceOrigin.Package),
            Obtained("c.gz", "/home/me/.cache/mnist", SourceOrigin.Download, "/usr/share/datasets/mnist/c.gz is corrupt gzip data"),
            Obtained("d.gz", "/home/me/.cache/mnist", SourceOrigin.Cache),
            Obtained("e.gz", "/srv/mirror/mnist", SourceOrigin.Mirror),
        ];
        Assert.Equal(
            [
                "passed over: /usr/share/datasets/mnist/c.gz is corrupt gzip data",
                "a.gz, b.gz from the package folder /usr/share/datasets/mnist",
                "c.gz downloaded to /home/me/.cache/mnist",
                "d.gz from the cache /home/me/.cache/mnist",
                "e.gz from the data mirror /srv/mirror/mnist",
            ],
            DataStage.NotesOf(files));
        Assert.Equal(["all 2 files from the package folder /usr/share/datasets/mnist"], DataStage.NotesOf(files[..2]));
    }

    [Fact]
    public void A_file_that_is_not_the_official_one_is_told()
    {
        var file = Obtained("a.tar.gz", "/srv/mirror/x", SourceOrigin.Mirror) with { UnofficialSha256 = "abc" };
        Assert.StartsWith("not the official a.tar.gz: the data mirror's has SHA-256 abc", DataStage.NotesOf([file]).First());
    }

    private static ObtainedFile Obtained(string name, string folder, SourceOrigin origin, params string[] rejected) =>
        new(new SourceFile(name, 1, ""), $"{folder}/{name}", origin, rejected);
}
