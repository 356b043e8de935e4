using System.Diagnostics;
using System.Text;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class HostileYamlTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Texts => new()
    {
        { "", "the document is empty" },
        { "   \n# only a comment\n", "the document is empty" },
        { "---\n...\n", "found nothing" },
        { "a: &x [1]\nb: *x\n", "r.yaml:1:4: the anchor '&x' is not allowed" },
        { "b: *x\n", "*x" },
        { "name: !!python/object:os.system x\n", "the tag" },
        { "name: !custom x\n", "the tag '!custom' is not allowed" },
        { "name: a\n---\nname: b\n", "r.yaml:2:1: a second document begins here" },
        { "name: a\n\tmodel: b\n", "Indentation must be spaces" },
        { "name: [1, 2\n", "not well-formed YAML" },
        { "name: 'open\n", "not well-formed YAML" },
        { "? [a, b]\n: 1\nname: r\nmodel: {name: mlp}\n", "a key must be a name, found a list" },
        { "{a: 1, a: 2}", "the key 'a' was given before, at r.yaml:1:2" },
        { "<<: {name: r}\nname: r\nmodel: {name: mlp}\n", "unknown key '<<'" },
        { "%YAML 9.9\n---\nname: a\n", "r.yaml" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_that_is_no_plain_recipe_is_refused_clearly(string yaml, string expected) => Assert.Contains(expected, ErrorOf(Encoding.UTF8.GetBytes(yaml)));

    [Fact]
    public void An_exponential_document_is_refused_at_its_first_anchor()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 64; i++) bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        Assert.Contains("the anchor '&a0'", ErrorOf(Encoding.UTF8.GetBytes(bomb.ToString())));
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 100_000)]
    [InlineData("? ", 10_000)]
    public void Deep_nesting_is_refused_without_delay_or_overflow(string opening, int count)
    {
        var clock = Stopwatch.StartNew();
        Assert.Contains("r.yaml", ErrorOf(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, count)))));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Binary_and_huge_files_are_refused()
    {
        Assert.Contains("control character U+0000", ErrorOf([0x6e, 0x00, 0x61]));
        Assert.Contains("expected text in UTF-8, found the byte 0xff", ErrorOf([0x6e, 0xff, 0xfe]));
        Assert.Contains("at most 1048576 bytes", ErrorOf(new byte[(1 << 20) + 1]));
    }

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_do_no_harm()
    {
        File.WriteAllText(_folder.File("r.yaml"), "name: r\r\nmodel:\r\n  name: mlp\r\n", new UTF8Encoding(true));
        Assert.Equal("r", RecipeReader.Read("r.yaml", _folder.Path, []).Name);
    }

    [Fact]
    public void Random_damage_to_a_good_recipe_never_causes_anything_but_a_recipe_error()
    {
        var good = Encoding.UTF8.GetBytes(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "committed-recipes", "fashion-mnist.yaml")));
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            var damaged = good.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(1, 256);
            File.WriteAllBytes(_folder.File("r.yaml"), damaged);
            try
            {
                RecipeReader.Read("r.yaml", _folder.Path, []);
            }
            catch (RecipeException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 999);
    }

    private string ErrorOf(byte[] content)
    {
        File.WriteAllBytes(_folder.File("r.yaml"), content);
        return Assert.Throws<RecipeException>(() => RecipeReader.Read("r.yaml", _folder.Path, [])).Message;
    }
}
