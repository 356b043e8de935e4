using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>What is asked of Slurm comes from the recipe, a profile and the command line, the later over the earlier.</summary>
public sealed class SlurmSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_profile_goes_over_the_recipe_and_the_command_line_over_both()
    {
        File.WriteAllText(_folder.File("slurm.yaml"), "partition: long\ncores: 8\n");
        var options = SlurmSettings.Read(Section("slurm: {partition: short, time: '30', retries: 5}"), null, ["cores=2", "time=2:00:00"], _folder.Path);
        Assert.Equal(("long", "2:00:00", 2, 5), (options.Partition, options.Time, options.Cores, options.Retries));
    }

    [Theory]
    [InlineData("time=30", "30")]
    [InlineData("time=1-12", "1-12")]
    [InlineData("time=00:10:00", "00:10:00")]
    public void Times_on_the_command_line_need_no_quotes(string set, string time) =>
        Assert.Equal(time, SlurmSettings.Read(null, null, [set], _folder.Path).Time);

    [Theory]
    [InlineData("cores=0", "slurm.cores: expected a value in [1, 4096], found 0")]
    [InlineData("core=1", "unknown key 'core'. Did you mean 'cores'?")]
    [InlineData("time=tomorrow", "slurm.time: expected a time as Slurm writes it")]
    [InlineData("partition=a b; rm", "slurm.partition")]
    [InlineData("flags=[exclusive]", "slurm.flags: expected each a flag of sbatch")]
    [InlineData("cores", "expected path=value")]
    public void What_cannot_be_is_an_error_that_names_it(string set, string expected)
    {
        var errors = Assert.Throws<RecipeException>(() => SlurmSettings.Read(null, null, [set], _folder.Path)).Errors;
        Assert.Contains(errors, e => e.ToString().Contains(expected));
    }

    [Fact]
    public void A_recipe_is_read_with_its_section_whoever_runs_it_and_its_key_does_not_change()
    {
        const string text = "name: r\ndata: {dataset: digits}\nmodel: {name: mlp}\n";
        var plain = RecipeDocument.ReadText("r", text).Bind(Array.Empty<string>());
        Assert.Equal(CanonicalJson.Of(plain), CanonicalJson.Of(RecipeDocument.ReadText("r", text + "slurm: {partition: gpu}\n").Bind(Array.Empty<string>())));
        var wrong = Assert.Throws<RecipeException>(() => RecipeDocument.ReadText("r", text + "slurm: {partitions: gpu}\n").Bind(Array.Empty<string>()));
        Assert.Contains("unknown key 'partitions'", wrong.Message);
        Assert.Contains("expected a mapping with keys such as 'partition'", Assert.Throws<RecipeException>(() => RecipeDocument.ReadText("r", text + "slurm: gpu\n").Bind(Array.Empty<string>())).Message);
        Assert.Contains("use --slurm KEY=VALUE", Assert.Throws<RecipeException>(() => RecipeDocument.ReadText("r", text).Bind(["slurm.cores=1"])).Message);
    }

    private static YamlValue? Section(string slurm) => RecipeDocument.ReadText("r", $"name: r\n{slurm}\n").Slurm;
}
