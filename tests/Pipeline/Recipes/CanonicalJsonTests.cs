using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void Keys_are_sorted_numbers_shortest_and_choices_named()
    {
        Assert.Equal(
            """{"batchSize":1,"list":[[1],[]],"nothing":null,"rate":1E-05,"text":"a\"\\\u0009é","unit":1,"whole":5,"zero":0}""",
            CanonicalJson.Of(new { Zero = -0.0, Whole = 5.0, Rate = 1e-5, Unit = Activation.Relu, Text = "a\"\\\té", Nothing = (string?)null, List = new[] { new[] { 1 }, [] }, BatchSize = 1UL }).Replace("\"relu\"", "1"));
        Assert.Contains("\"name\":\"adamw\"", CanonicalJson.Of(new AdamWOptions()));
        Assert.Contains("\"activation\":\"leaky-relu\"", CanonicalJson.Of(new MlpOptions { Activation = Activation.LeakyRelu }));
    }

    [Fact]
    public void Two_choices_with_equal_options_are_not_equal() =>
        Assert.NotEqual(CanonicalJson.Of(new AdamOptions { WeightDecay = 0.01 }), CanonicalJson.Of(new AdamWOptions()));

    [Fact]
    public void What_has_no_canonical_form_is_refused()
    {
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(double.NaN));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(new { Rate = double.PositiveInfinity }));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(DateTime.UnixEpoch));
    }

    [Fact]
    public void The_order_in_which_members_are_given_does_not_matter() =>
        Prop.ForAll<Dictionary<int, int>, int>((values, seed) =>
        {
            var entries = values.Select(v => KeyValuePair.Create($"k{v.Key}", (object?)v.Value)).ToArray();
            var shuffled = entries.ToArray();
            new Random(seed).Shuffle(shuffled);
            return CanonicalJson.Of(new Dictionary<string, object?>(entries)) == CanonicalJson.Of(new Dictionary<string, object?>(shuffled));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reading_it_and_writing_it_again_changes_nothing() =>
        Prop.ForAll<NormalFloat, long, string>((number, integer, text) =>
        {
            var once = CanonicalJson.Of(new { number = number.Get, integer, text = new string((text ?? "").Where(c => !char.IsSurrogate(c)).ToArray()) });
            using var document = JsonDocument.Parse(once);
            return CanonicalJson.Of(document.RootElement) == once && document.RootElement.GetProperty("number").GetDouble() == number.Get;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_recipe_written_canonically_is_read_back_as_the_same_recipe()
    {
        var recipes =
            from seed in ArbMap.Default.GeneratorFor<ulong>()
            from share in Gen.Choose(0, 999).Select(i => i / 1000.0)
            from count in Gen.Choose(1, 1000)
            from widths in Gen.NonEmptyListOf(Gen.Choose(1, 512))
            from activation in Gen.Elements(Enum.GetValues<Activation>())
            from flag in ArbMap.Default.GeneratorFor<bool>()
            from optimizer in Gen.Elements<OptimizerOptions>(new SgdOptions { Momentum = share }, new AdamOptions { Epsilon = (share + 1e-9) * 1e-7 }, new AdamWOptions { LearningRate = share + 1e-6 })
            from schedule in Gen.Elements<ScheduleOptions>(new ConstantScheduleOptions(), new StepScheduleOptions { EveryEpochs = count }, new CosineScheduleOptions { FinalFactor = share }, new OneCycleScheduleOptions())
            select new Recipe
            {
                Name = $"r{count}",
                Seed = seed,
                Data = new DataOptions { Validation = (share / 2) + 0.01, Limit = flag ? count : null },
                Augment = flag ? new AugmentOptions { HorizontalFlip = share } : null,
                Model = flag ? new MlpOptions { Hidden = widths, Activation = activation } : new CnnOptions { Channels = [widths, [count]], BatchNorm = flag },
                Train = new TrainOptions { Epochs = count, Optimizer = optimizer, Schedule = schedule, ClipNorm = flag ? null : count, EarlyStopping = flag ? new EarlyStoppingOptions { Patience = count } : null },
            };
        Prop.ForAll(recipes.ToArbitrary(), recipe =>
        {
            var text = CanonicalJson.Of(recipe);
            return CanonicalJson.Of(RecipeReader.Parse("r.json", text)) == text;
        }).QuickCheckThrowOnFailure();
    }
}
