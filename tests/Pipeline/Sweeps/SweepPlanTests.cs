using System.Diagnostics;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepPlanTests
{
    private const string Recipe = "name: r\nseed: 4\nmodel: {name: mlp}\ntrain: {optimizer: {name: sgd}}\n";

    [Fact]
    public void A_grid_is_the_product_with_the_last_parameter_changing_fastest_and_single_values_set_for_all()
    {
        var plan = Plan(["model.hidden=[8],[8,8]", "train.epochs=3", "train.batchSize=16,32"]);
        Assert.Equal(["model.hidden", "train.batchSize"], plan.Varied);
        Assert.Equal(["[8] 16", "[8] 32", "[8, 8] 16", "[8, 8] 32"], plan.Points.Select(p => string.Join(' ', plan.ValuesOf(p).Values)));
        Assert.Equal([1, 2, 3, 4], plan.Points.SelectMany(p => p.Trials).Select(t => t.Number));
        Assert.All(plan.Points, p => Assert.Equal(3, plan.RecipeOf(p, p.Trials[0], plan.Rungs[^1]).Train.Epochs));
        Assert.Equal(["model.hidden=[8, 8]", "train.epochs=3", "train.batchSize=16"], plan.SetsOf(plan.Points[2]));
    }

    [Fact]
    public void Repeating_runs_each_combination_with_the_recipes_seed_and_those_after_it()
    {
        var plan = Plan(["train.epochs=1,2"], new SweepOptions { Repeat = 3 });
        Assert.Equal([4UL, 5, 6, 4, 5, 6], plan.Points.SelectMany(p => p.Trials).Select(t => t.Seed));
        Assert.Equal(6, plan.Runs);
        Assert.Equal(6UL, plan.RecipeOf(plan.Points[0], plan.Points[0].Trials[2], plan.Rungs[0]).Seed);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once_and_each_thing_once()
    {
        var error = Assert.Throws<RecipeException>(() => Plan(["train.epohcs=1,2,3", "train.batchSize=-1,16,many", "model.dropout=0.1,2"]));
        Assert.Equal(4, error.Errors.Count);
        Assert.Contains("--set train.epohcs=1,2,3: train: unknown key 'epohcs'. Did you mean 'epochs'?", error.Message);
        Assert.Contains("train.batchSize: expected a value in [0, 16777216], found -1", error.Message);
        Assert.Contains("train.batchSize: expected an integer, found the string 'many'", error.Message);
        Assert.Contains("model.dropout: expected a value in [0, 1), found 2", error.Message);
    }

    [Fact]
    public void A_combination_that_contradicts_itself_is_found_before_anything_runs() =>
        Assert.Contains("the warm-up must end before training does: expected less than train.epochs (2)",
            Assert.Throws<RecipeException>(() => Plan(["train.epochs=2,9", "train.schedule={name: constant},{name: cosine, warmupEpochs: 5}"])).Message);

    [Theory]
    [InlineData("train.epochs=1,2|train.epochs=3", "this path was given before, as --set train.epochs=1,2")]
    [InlineData("name.x=1,2", "'name' is the string 'r'")]
    [InlineData("train.optimizer.learningRate=0..1", "add --random N")]
    [InlineData("sweep.repeat=1,2", "not set by path")]
    public void Bad_parameters_are_refused(string sets, string expected) =>
        Assert.Contains(expected, Assert.Throws<RecipeException>(() => Plan(sets.Split('|'))).Message);

    [Fact]
    public void A_sweep_of_nothing_says_what_to_give() =>
        Assert.Contains("There is nothing to sweep", Assert.Throws<UsageException>(() => Plan(["train.epochs=3"])).Message);

    [Fact]
    public void A_million_trials_are_asked_about_and_not_made()
    {
        var thousand = string.Join(',', Enumerable.Range(1, 1000));
        var (clock, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var error = Assert.Throws<UsageException>(() => Plan([$"train.batchSize={thousand}", $"train.epochs={thousand}"]));
        Assert.Contains("1,000,000 trials (1000 of train.batchSize × 1000 of train.epochs)", error.Message);
        Assert.Contains("--yes", error.Message);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);

        string[] eight = [.. new[] { "train.epochs", "train.batchSize", "train.threads", "export.samples", "evaluate.batchSize", "seed", "data.limit", "train.clipNorm" }.Select(p => $"{p}={thousand}")];
        Assert.Contains("more than can ever be run", Assert.Throws<UsageException>(() => SweepPlan.Create(Document(), SweepSection.Empty.With(eight, new SweepOptions()), anySize: true)).Message);
    }

    [Fact]
    public void Over_a_thousand_trials_run_when_the_answer_is_given() =>
        Assert.Equal(1001, SweepPlan.Create(Document(), SweepSection.Empty.With([$"train.epochs={string.Join(',', Enumerable.Range(1, 1001))}"], new SweepOptions()), anySize: true).Points.Count);

    [Fact]
    public void Combinations_that_make_the_same_run_are_one()
    {
        var plan = Plan(["train.optimizer.learningRate=0.001,1e-3,0.01", "train.threads=1,2"]);
        Assert.Equal((2, 4), (plan.Points.Count, plan.Duplicates));
    }

    [Fact]
    public void Random_draws_follow_from_the_recipes_seed_and_stay_in_their_ranges()
    {
        string[] sets = ["train.optimizer.learningRate=1e-4..1e-1:log", "train.batchSize=8..64", "model.activation=relu,gelu"];
        var options = new SweepOptions { Random = 50 };
        string Text(params string[] more) => string.Join('\n', Plan([.. sets, .. more], options) is var plan ? plan.Points.Select(p => string.Join(' ', plan.ValuesOf(p).Values)) : []);
        Assert.Equal(Text(), Text());
        Assert.NotEqual(Text(), Text("seed=5"));
        var drawn = Plan(sets, options);
        var recipes = drawn.Points.Select(p => drawn.RecipeOf(p, p.Trials[0], drawn.Rungs[0])).ToArray();
        Assert.All(recipes, r => Assert.InRange(r.Train.Optimizer.LearningRate, 1e-4, 1e-1));
        Assert.All(recipes, r => Assert.InRange(r.Train.BatchSize, 8, 64));
        Assert.InRange(recipes.Count(r => r.Train.Optimizer.LearningRate < 3.16e-3), 15, 35);
        Assert.True(recipes.Select(r => r.Train.BatchSize).Distinct().Count() > 20);
    }

    [Fact]
    public void Halving_decides_the_epochs_and_refuses_a_sweep_of_them()
    {
        var plan = Plan(["train.epochs=9", $"train.batchSize={string.Join(',', Enumerable.Range(1, 9))}"], new SweepOptions { Halving = new HalvingOptions() });
        Assert.Equal([(9, 1), (3, 3), (1, 9)], plan.Rungs.Select(r => (r.Trials, r.Epochs)));
        Assert.Equal(3, plan.RecipeOf(plan.Points[0], plan.Points[0].Trials[0], plan.Rungs[1]).Train.Epochs);
        Assert.Contains("halving itself decides the epochs", Assert.Throws<RecipeException>(() => Plan(["train.epochs=3,9"], new SweepOptions { Halving = new HalvingOptions() })).Message);
        string[] warm = ["train.epochs=9", "train.schedule={name: cosine, warmupEpochs: 5}", "train.batchSize=1,2,3"];
        Assert.Contains("the warm-up must end before training does: expected less than train.epochs (3)", Assert.Throws<RecipeException>(() => Plan(warm, new SweepOptions { Halving = new HalvingOptions() })).Message);
    }

    [Fact]
    public void The_same_sweep_has_the_same_id_and_another_has_another()
    {
        Assert.Equal(Plan(["train.epochs=1,2"]).Id, Plan(["train.epochs=1,2"]).Id);
        Assert.NotEqual(Plan(["train.epochs=1,2"]).Id, Plan(["train.epochs=1,3"]).Id);
        Assert.Matches("^r-[0-9a-f]{12}$", Plan(["train.epochs=1,2"]).Id);
    }

    [Fact]
    public void A_recipe_may_carry_its_sweep_which_the_command_line_changes_path_by_path()
    {
        var document = RecipeDocument.ReadText("r.yaml", Recipe + "sweep:\n  set:\n    model.hidden: [[8], [8, 8]]\n    train.epochs: [1, 2, 3]\n  repeat: 2\n");
        var plan = SweepPlan.Create(document, document.Sweep, anySize: false);
        Assert.Equal((6, 12), (plan.Points.Count, plan.Runs));
        var changed = SweepPlan.Create(document, document.Sweep.With(["train.epochs=7"], document.Sweep.Options), anySize: false);
        Assert.Equal(["model.hidden"], changed.Varied);
        Assert.Equal(RecipeReader.Parse("r.yaml", Recipe), document.Bind(Array.Empty<string>()), (a, b) => CanonicalJson.Of(a) == CanonicalJson.Of(b));
    }

    [Theory]
    [InlineData("sweep: 5", "r.yaml:5:8: sweep: expected a mapping with the key 'set', found the integer 5")]
    [InlineData("sweep: {sets: {}}", "unknown key 'sets'. Did you mean 'set'?")]
    [InlineData("sweep: {set: [1]}", "expected a mapping from paths to lists of values, found a list")]
    [InlineData("sweep: {set: {train.epochs: []}}", "found an empty list")]
    [InlineData("sweep: {set: {train.epochs: 5}}", "r.yaml:5:29: train.epochs: expected a list of values, or a range such as")]
    [InlineData("sweep: {set: {train.epochs: 5..2}}", "write the smaller number first")]
    [InlineData("sweep: {repeat: 0}", "sweep.repeat: expected a value in [1, 1000], found 0")]
    [InlineData("sweep: {halving: {eta: 1}}", "sweep.halving.eta: expected a value in [2, 1000], found 1")]
    [InlineData("sweeep: {}", "unknown key 'sweeep'. Did you mean 'sweep'?")]
    public void The_section_is_read_as_strictly_as_the_rest(string section, string expected) =>
        Assert.Contains(expected, Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", Recipe + section + "\n")).Message);

    private static RecipeDocument Document() => RecipeDocument.ReadText("r.yaml", Recipe);

    private static SweepPlan Plan(string[] sets, SweepOptions? options = null) => SweepPlan.Create(Document(), SweepSection.Empty.With(sets, options ?? new SweepOptions()), anySize: false);
}
