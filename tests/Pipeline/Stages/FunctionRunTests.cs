using System.Net;
using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Stages;

/// <summary>Recipes that minimise a function, run as a user runs them.</summary>
public sealed class FunctionRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FunctionRunTests()
    {
        Directory.CreateDirectory(_folder.File("recipes"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "committed-recipes", "surface.yaml"), _folder.File("recipes/surface.yaml"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_surface_is_minimised_below_minus_two_shown_and_cached()
    {
        var (code, output, _) = await Run("run", "surface");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"function +made .*\nminimize +made .*\nreport +made", output);
        using var metrics = JsonDocument.Parse(File.ReadAllText(Latest("metrics.json")));
        Assert.InRange(metrics.RootElement.GetProperty("value").GetDouble(), -2.2808, -2);
        Assert.InRange(metrics.RootElement.GetProperty("gradientNorm").GetDouble(), 0, 1e-3);
        Assert.Equal(60, metrics.RootElement.GetProperty("steps").GetInt32());
        using var path = JsonDocument.Parse(File.ReadAllText(Latest("path.json")));
        Assert.Equal(["x", "y"], path.RootElement.GetProperty("variables").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(61, path.RootElement.GetProperty("points").GetArrayLength());
        Assert.Equal(["x", "y"], Model.Load(Latest("function.onnx")).Graph.Inputs.Select(i => i.Name));
        Assert.Contains("x^2 + y^2 + x*(y + 2) + cos(3*x)", WebUtility.HtmlDecode(File.ReadAllText(Latest("report.html"))));

        (_, output, _) = await Run("run", "surface");
        Assert.Matches(@"function +cached .*\nminimize +cached .*\nreport +cached", output);
        (_, output, _) = await Run("status", "surface", "--set", "function.optimizer.learningRate=0.1");
        Assert.Matches(@"function +cached .*\nminimize +would run .* option optimizer.learningRate changed from 0.2 to 0.1", output);
        (_, output, _) = await Run("runs");
        Assert.Contains("surface", output);
    }

    [Fact]
    public async Task A_run_made_anew_has_the_same_bytes()
    {
        await Run("run", "surface");
        string[] files = ["function.onnx", "path.json", "metrics.json"];
        var before = files.Select(f => File.ReadAllText(Latest(f))).ToArray();
        Assert.Equal(Cli.Done, (await Run("run", "surface", "--force", "function", "--force", "minimize")).Code);
        Assert.Equal(before, files.Select(f => File.ReadAllText(Latest(f))));
    }

    [Fact]
    public async Task The_recipes_own_sweep_ranks_learning_rates_by_the_value_found()
    {
        var (code, output, error) = await Run("sweep", "surface");
        Assert.True(code == Cli.Done, error);
        Assert.Matches(@"best: run [^,]+, value = -2\.281", output);
        Assert.Matches(@"0\.05 +1\.2", output);
    }

    [Fact]
    public async Task A_model_of_ones_own_is_minimised_and_a_change_of_it_is_noticed()
    {
        File.WriteAllText(_folder.File("own.yaml"), "name: own\nfunction: {model: own.onnx, start: {'in.a': 4}, steps: 50}\n");
        var (code, _, error) = await Run("run", "own.yaml");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("function.model: there is no file", error);

        Save(minimum: 1);
        Assert.Equal(Cli.Done, (await Run("run", "own.yaml")).Code);
        Assert.Contains("\"in.a\": 1", File.ReadAllText(Latest("metrics.json")), StringComparison.Ordinal);
        Save(minimum: -2);
        var (_, output, _) = await Run("run", "own.yaml");
        Assert.Matches(@"function +made .* option modelHash changed", output);
        Assert.Equal(Cli.Done, (await Run("report", "latest", "--out", "page.html")).Code);
        Assert.Contains("The curve", File.ReadAllText(_folder.File("page.html")));

        (code, _, error) = await Run("run", "own.yaml", "--set", "function.start={x: 1}");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("the function's variables are in.a", error);
    }

    [Fact]
    public async Task Divergence_is_an_error_that_names_the_step()
    {
        var (code, _, error) = await Run("run", "surface", "--set", "function.optimizer.learningRate=10");
        Assert.Equal(Cli.Failed, code);
        Assert.Matches("The function is Infinity after step [0-9]+, at x = ", error);
    }

    [Theory]
    [InlineData("find-lr", "surface")]
    [InlineData("data", "surface")]
    [InlineData("run", "surface", "--overfit", "3")]
    [InlineData("run", "surface", "--fast-dev-run")]
    public async Task Verbs_that_train_a_model_say_that_there_is_none(params string[] line)
    {
        var (code, _, error) = await Run(line);
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("needs a recipe that trains a model, and 'surface' minimises a function", error);
    }

    private void Save(float minimum)
    {
        var g = new GraphBuilder("own");
        var distance = g.Node(Ops.Sub, [g.Input("in.a", ElementType.Float), g.Constant(minimum)]);
        g.Output(g.Node(Ops.Mul, [distance, distance]), "out");
        g.Build().Save(_folder.File("own.onnx"));
    }

    private string Latest(string file) => _folder.File(Path.Combine("artifacts", "latest", file));

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => CommandLine.RunAsync(_folder.Path, line);
}
