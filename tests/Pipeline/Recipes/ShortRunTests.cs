using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

/// <summary>Every committed recipe, from its data to its evaluated model, in a short form: two epochs on a few samples of the right kind.</summary>
public sealed class ShortRunTests : IDisposable
{
    private static readonly string Committed = Path.Combine(AppContext.BaseDirectory, "committed-recipes");

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Recipes => [.. Directory.GetFiles(Committed, "*.yaml").Select(f => Path.GetFileName(f)).Where(f => !File.ReadLines(Path.Combine(Committed, f)).Contains("function:"))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task A_recipe_runs_from_its_data_to_its_evaluated_model(string file)
    {
        File.Copy(Path.Combine(Committed, file), _folder.File(file));
        var (code, _, error) = await CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), ["run", file, "--until", "evaluate", .. Short(file)]);
        Assert.True(code == Cli.Done, error);

        using var metrics = JsonDocument.Parse(File.ReadAllText(_folder.File("artifacts/latest/metrics.json")));
        Assert.InRange(metrics.RootElement.GetProperty("test").GetProperty("accuracy").GetDouble(), 0, 1);
        using var verification = JsonDocument.Parse(File.ReadAllText(_folder.File("artifacts/latest/verify.json")));
        Assert.True(verification.RootElement.GetProperty("passed").GetBoolean());
    }

    /// <summary>Every other trial of a recipe's sweep has another model or other options of training; the last one stands for them.</summary>
    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task The_last_trial_of_its_sweep_runs_too(string file)
    {
        var document = RecipeDocument.ReadFile(Path.Combine(Committed, file), Committed);
        if (document.Sweep == SweepSection.Empty) return;
        var plan = SweepPlan.Create(document, document.Sweep, anySize: false);
        File.Copy(Path.Combine(Committed, file), _folder.File(file));
        var (code, _, error) = await CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), ["run", file, "--until", "evaluate", .. plan.SetsOf(plan.Points[^1]).SelectMany(set => (string[])["--set", set]), .. Short(file)]);
        Assert.True(code == Cli.Done, error);
    }

    private static IEnumerable<string> Short(string file)
    {
        var train = RecipeReader.Read(file, Committed, []).Train;
        string[] sets = ["train.epochs=2", "train.batchSize=20", "train.threads=1", .. train.Schedule.WarmupEpochs > 0 ? ["train.schedule.warmupEpochs=0"] : Array.Empty<string>()];
        return sets.SelectMany(set => (string[])["--set", set]);
    }
}
