using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class FileMoverTests : IDisposable
{
    private static readonly byte[] Dark = TestModels.UniformPng(0), Bright = TestModels.UniformPng(255);
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_go_to_the_folder_of_their_class_and_a_taken_name_gets_a_number()
    {
        _folder.Write("in/a/x.png", Dark);
        _folder.Write("in/b/x.png", Dark);
        _folder.Write("in/b/y.png", Bright);
        _folder.Write("in/bad.png", [1]);
        _folder.Write("out/dark/x.png", [9]);
        var rows = await Run(_folder.File("in"));
        Assert.Equal([9], File.ReadAllBytes(_folder.File("out/dark/x.png")));
        Assert.Equal(["dark/x (2).png", "dark/x (3).png", "bright/y.png", null], rows.Select(r => r.MovedTo is null ? null : Path.GetRelativePath(_folder.File("out"), r.MovedTo).Replace('\\', '/')));
        Assert.Equal(Dark, File.ReadAllBytes(_folder.File("out/dark/x (3).png")));
        Assert.Equal([_folder.File("in/bad.png")], Directory.GetFiles(_folder.File("in"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_cannot_be_moved_is_an_error_and_archives_are_said_not_to_be()
    {
        var a = _folder.Write("in/a.png", Dark);
        _folder.Write("out/bright", [1]);
        var zip = _folder.WriteZip("c.zip", ("c.png", Dark));
        var rows = await Run(zip, a, a, _folder.Write("in/b.png", Bright));
        Assert.Contains("archive cannot be moved", rows[0].Error);
        Assert.Equal(_folder.File("out/dark/a.png"), rows[1].MovedTo);
        Assert.Contains("could not be moved", rows[2].Error);
        Assert.Contains("could not be moved", rows[3].Error);
        Assert.Equal("bright", rows[3].Label);
        Assert.True(File.Exists(_folder.File("in/b.png")));
    }

    [Fact]
    public void A_file_goes_to_another_file_system_too()
    {
        const string memory = "/dev/shm";
        if (!Directory.Exists(memory)) return;
        var target = Directory.CreateDirectory($"{memory}/{Path.GetRandomFileName()}").FullName;
        try
        {
            var source = _folder.Write("a.png", Dark);
            var (moved, error) = new FileMover($"{target}/{{label}}", []).Move(source, "x");
            Assert.Null(error);
            Assert.Equal(Dark, File.ReadAllBytes(moved!));
            Assert.False(File.Exists(source));
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Theory]
    [InlineData("cat", "cat")]
    [InlineData("..", "_")]
    [InlineData("../../etc", "_._.._etc")]
    [InlineData("/etc", "_etc")]
    [InlineData("a/b\\c:d", "a_b_c_d")]
    [InlineData(".hidden", "_hidden")]
    [InlineData("T-shirt/top ", "T-shirt_top")]
    [InlineData("con", "_con")]
    [InlineData("LPT1.x", "_LPT1.x")]
    [InlineData("", "_")]
    [InlineData("a\nb", "a_b")]
    public void A_label_is_made_safe(string label, string name) => Assert.Equal(name, FileMover.SafeName(label));

    [Fact]
    public void Any_label_is_one_folder_below_the_given_one() => Prop.ForAll<string>(label =>
    {
        var name = FileMover.SafeName(label ?? "");
        return Path.GetFullPath(Path.Combine("/root", name)) == $"/root/{name}" && name is not ("." or "..") && Encoding.UTF8.GetByteCount(name) <= 101;
    }).QuickCheckThrowOnFailure();

    private async Task<List<FolderRow>> Run(params string[] paths)
    {
        var options = new FolderJobOptions { Inputs = new FolderInputs { Paths = paths }, MoveTo = _folder.File("out/{label}"), OutputPath = _folder.File("rows.csv"), Columns = ["path", "label", "moved", "error"] };
        await new FolderJob(_folder.Model, options).RunAsync();
        return [.. File.ReadAllText(options.OutputPath!).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => StoredRow.Fields(Encoding.UTF8.GetBytes(line)))
            .Select(f => new FolderRow(f[0], Prediction(f[1]), f[3].Length > 0 ? f[3] : null) { MovedTo = f[2].Length > 0 ? f[2] : null })];
    }

    private static Prediction? Prediction(string label) => label.Length == 0 ? null : new Prediction([label], [1f], null);
}
