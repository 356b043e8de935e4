using System.Text;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class FolderInputsTests : IDisposable
{
    private static readonly byte[] Dark = TestModels.UniformPng(0), Bright = TestModels.UniformPng(255);
    private readonly ImageFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_list_names_images_folders_and_archives_and_its_bad_lines_are_errors()
    {
        var (a, sub) = (_folder.Write("a.png", Dark), _folder.Write("sub/b.png", Bright));
        var zip = _folder.WriteZip("c.zip", ("c.png", Bright));
        var list = _folder.Write("list.txt", a, "", Path.GetDirectoryName(sub)!, zip, _folder.File("absent.png"), "a\0b", "*.png");
        var rows = await _folder.PredictAsync(new FolderInputs { Lists = [list] });
        Assert.Equal([a, sub, $"{zip}/c.png", _folder.File("absent.png"), list, "*.png"], rows.Select(r => r.Path));
        Assert.Equal(["dark", "bright", "bright", null, null, null], rows.Select(r => r.Label));
        Assert.Contains("line 6 has a NUL", rows[4].Error);
    }

    [Fact]
    public async Task The_standard_input_is_a_list_that_is_read_as_it_comes()
    {
        var a = _folder.Write("a.png", Dark);
        var rows = await _folder.PredictAsync(new FolderInputs { Paths = [a, "-"], StandardInput = () => new MemoryStream(Encoding.UTF8.GetBytes($"{a}\r\n{a}")) });
        Assert.Equal([a, a, a], rows.Select(r => r.Path));
        Assert.All(rows, row => Assert.Null(row.Error));
    }

    [Fact]
    public void A_list_without_lines_ends_at_once_as_an_error()
    {
        var inputs = new FolderInputs { Paths = ["-"], StandardInput = () => new MemoryStream(new byte[10 << 20]) };
        Assert.Contains("more than 32,768 characters", Assert.Single(inputs.Enumerate()).Error);
        Assert.Contains("cannot be read", Assert.Single(new FolderInputs { Lists = [_folder.File("absent.txt")] }.Enumerate()).Error);
    }

    [Fact]
    public async Task A_tables_column_names_images_and_others_are_carried_along()
    {
        var (a, b) = (_folder.Write("a.png", Dark), _folder.Write("b, c.png", Bright));
        var table = _folder.Write("photos.csv", "id,label,file", $"1,cat,{a}", $"2,\"dog, big\",\"{b}\"", "3,x,", $"4,{a}", $"5,y,{a}");
        var rows = await _folder.PredictAsync(new FolderInputs { Paths = [table], PathColumn = "file", Carried = ["label", "id"] });
        Assert.Equal([a, b, table, table, a], rows.Select(r => r.Path));
        Assert.Equal(["cat", "dog, big", null, null, "y"], rows.Select(r => r.Fields?["label"]));
        Assert.Equal(["1", "2", null, null, "5"], rows.Select(r => r.Fields?["id"]));
        Assert.Contains("line 4, column 3 'file'", rows[2].Error);
        Assert.Contains("expected 3", rows[3].Error);
    }

    [Fact]
    public void A_table_without_the_column_is_an_error_that_names_its_columns()
    {
        var table = _folder.Write("photos.csv", "id,file", "1,a.png");
        var error = Assert.Single(new FolderInputs { Paths = [table], PathColumn = "files" }.Enumerate()).Error;
        Assert.Contains("no column 'files' (did you mean 'file'?). Its columns are id, file.", error);
        Assert.Contains("no column 'split'", Assert.Single(new FolderInputs { Paths = [table], PathColumn = "file", Carried = ["split"] }.Enumerate()).Error);
    }

    [Fact]
    public void All_but_the_standard_input_and_tars_can_be_counted()
    {
        var many = _folder.WriteMany("many", 20);
        var zip = _folder.WriteZip("c.zip", ("c.png", Bright), ("d.txt", Dark), ("e.png", Dark));
        var list = _folder.Write("list.txt", many, zip);
        Assert.Equal(20 + 2 + 22, new FolderInputs { Paths = [many, zip], Lists = [list] }.Count());
        Assert.Null(new FolderInputs { Paths = [many, "-"] }.Count());
        Assert.Null(new FolderInputs { Paths = [_folder.WriteTar("t.tar", ImageFolder.TarFile("a.png", Dark)), many] }.Count());
        Assert.Throws<OperationCanceledException>(() => new FolderInputs { Paths = [many] }.Count(new CancellationToken(true)));
    }

    [Theory]
    [InlineData("1/1", true)]
    [InlineData("8/8", true)]
    [InlineData("0/8", false)]
    [InlineData("9/8", false)]
    [InlineData("-1/8", false)]
    [InlineData("1/0", false)]
    [InlineData("1", false)]
    [InlineData("1/2/3", false)]
    [InlineData(" 1/2", false)]
    public void A_shard_is_one_of_so_many(string text, bool valid)
    {
        Assert.Equal(valid, Shard.TryParse(text, out var shard));
        if (valid) Assert.Equal(text, shard.ToString());
    }
}
