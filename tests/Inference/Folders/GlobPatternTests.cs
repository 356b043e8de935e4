using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Folders.Inputs;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Folders;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*.png", "a.png", true)]
    [InlineData("*.png", "a.jpg", false)]
    [InlineData("*", "", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[0-9a].png", "5.png", true)]
    [InlineData("[!0-9].png", "5.png", false)]
    [InlineData("[!0-9].png", "x.png", true)]
    [InlineData("[]a].png", "].png", true)]
    [InlineData("[a.png", "[a.png", true)]
    [InlineData("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_part_matches_a_name(string part, string name, bool matches) => Assert.Equal(matches, GlobPattern.Matches(part, name));

    [Fact]
    public void Files_are_those_that_a_regular_expression_finds_once_each_and_in_order()
    {
        var file = from depth in Gen.Choose(0, 3) from parts in Gen.Elements("a", "b", "ab").ListOf(depth) from name in Gen.Elements("a.png", "b.png", "ab.jpg") select string.Join('/', parts.Append(name));
        var pattern = from parts in Gen.Elements("**", "*", "a", "?", "[!b]*").ListOf() where parts.Count <= 4 from name in Gen.Elements("*.png", "*", "a*", "**", "?b.*") select string.Join('/', parts.Append(name));
        Prop.ForAll(file.ListOf(15).ToArbitrary(), pattern.ToArbitrary(), (files, text) =>
        {
            using var folder = new TempFolder();
            foreach (var name in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
                File.WriteAllBytes(folder.File(name), []);
            }
            var wanted = new Regex($"^{string.Concat(text.Split('/').Select((part, i) => Expression(part, i == text.Count(c => c == '/'))))}$");
            var expected = files.Distinct().Where(name => wanted.IsMatch(name)).Order(StringComparer.Ordinal);
            return expected.SequenceEqual(new GlobPattern($"{folder.Path}/{text}").Files().Select(f => Path.GetRelativePath(folder.Path, f.Path)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_pattern_is_one_only_where_no_file_is_called_like_that()
    {
        using var folder = new ImageFolder();
        var odd = folder.Write("a[1].png", TestModels.UniformPng(0));
        folder.Write("a1.png", TestModels.UniformPng(0));
        Assert.Equal([odd], new FolderInputs { Paths = [odd] }.Enumerate().Select(i => i.Path));
        Assert.Equal([folder.File("a1.png")], new FolderInputs { Paths = [folder.File("a[0-9].png")] }.Enumerate().Select(i => i.Path));
        Assert.Contains("no file is called like that", Assert.Single(new FolderInputs { Paths = [folder.File("*.gif")] }.Enumerate()).Error);
        Assert.Contains("no file is called like that", Assert.Single(new FolderInputs { Paths = [folder.File("absent/**/*.png")] }.Enumerate()).Error);
    }

    private static string Expression(string part, bool last)
    {
        if (part == "**") return last ? ".*" : "(?:[^/]+/)*";
        var name = Regex.Escape(part).Replace(@"\[!b]", "[^b/]").Replace(@"\*", "[^/]*").Replace(@"\?", "[^/]");
        return last ? name : name + "/";
    }
}
