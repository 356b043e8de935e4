using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

/// <summary>The models of tables, on numbers, on categories and on both.</summary>
public sealed class TabularModelTests
{
    private static readonly ModelOptions[] Options =
    [
        new TabularMlpOptions { Hidden = [8, 4], EmbeddingRule = EmbeddingRule.Power, EmbeddingDropout = 0.1, Dropout = 0.2 },
        new TabularMlpOptions { Hidden = [], BatchNorm = false, NumberNorm = false },
        new WideDeepOptions { Hidden = [8], EmbeddingSize = 3 },
        new DeepCrossOptions { Hidden = [8], BatchNorm = false, CrossLayers = 3 },
        new DeepCrossOptions { Hidden = [], CrossLayers = 0 },
        new ResidualTabularOptions { Width = 8, Dropout = 0.2, ResidualDropout = 0.1, Activation = Activation.Gelu },
        new ResidualTabularOptions { Width = 8, Blocks = 0 },
        new NumericEmbeddingOptions { Hidden = [8], Bins = 4 },
        new NumericEmbeddingOptions { Hidden = [8], Bins = 1, Frequencies = 0, NumberSize = 1, BatchNorm = true },
        new NumericEmbeddingOptions { Hidden = [8], Bins = 0, Activation = Activation.Tanh, Init = Initialization.Zeros },
    ];

    private static readonly TableModelInput[] Inputs = [new(3, []), new(1, []), new(0, [4]), new(0, [1, 40, 2]), new(2, [5, 3])];

    private static readonly ModelOutput[] Outputs = [ModelOutput.Classes(3), ModelOutput.Binary, ModelOutput.Value(mean: 20, std: 3)];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Options.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_model_is_sound_and_runs_on_any_kinds_of_columns_for_any_output(int index)
    {
        foreach (var (input, output) in from input in Inputs from output in Outputs select (input, output))
        {
            var model = ModelRegistry.Build(Options[index], input, output, seed: 1);
            Assert.Empty(GraphValidator.Check(model));
            var head = Assert.Single(model.Graph.Outputs);
            Assert.Equal($"Float[batch,{output.Size}]", head.Type.ToString());
            Assert.Equal(output == Outputs[2] ? "prediction" : "logits", head.Name);

            // The second row knows nothing: every number is missing and every category unknown.
            var (numbers, categories) = (input.Numbers, input.Categories);
            var rows = new List<(string, Array, int[])>();
            if (numbers > 0) rows.Add(("numeric", Enumerable.Range(0, 2 * numbers).Select(i => i < numbers ? i - 0.5f : float.NaN).ToArray(), [2, numbers]));
            if (categories.Count > 0) rows.Add(("categorical", Enumerable.Range(0, 2 * categories.Count).Select(i => i < categories.Count ? categories[i] - 1L : 0).ToArray(), [2, categories.Count]));
            var results = OrtRun.Run(model, [.. rows])[head.Name];
            Assert.Equal(2 * output.Size, results.Length);
            Assert.All(results, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(22)]
    public void A_model_is_built_on_any_operator_set_that_can_be_exported(long opset)
    {
        foreach (var options in Options)
        {
            var model = ModelRegistry.Build(options, Inputs[4], ModelOutput.Classes(2), seed: 1, opset);
            Assert.Empty(GraphValidator.Check(model));
            Assert.Equal("Float[2,2]", OrtRun.Types(model)["logits"].ToString());
        }
    }

    [Theory]
    [InlineData(41, EmbeddingRule.Half, 21)]
    [InlineData(1000, EmbeddingRule.Half, 50)]
    [InlineData(1, EmbeddingRule.Half, 1)]
    [InlineData(41, EmbeddingRule.Power, 13)]
    [InlineData(10_000_000, EmbeddingRule.Power, 600)]
    [InlineData(41, EmbeddingRule.SquareRoot, 6)]
    [InlineData(3, EmbeddingRule.SquareRoot, 1)]
    public void An_embedding_has_the_size_of_its_rule(int categories, EmbeddingRule rule, int size)
    {
        Assert.Equal(size, TabularLayers.SizeOf(categories, rule));
        if (categories > 1000) return;
        var model = ModelRegistry.Build(new TabularMlpOptions { EmbeddingRule = rule }, new TableModelInput(0, [categories]), 2, seed: 0);
        Assert.Equal([categories, size], model.Graph.Initializers["embedding1.weight"].Dims);
    }

    [Fact]
    public void An_unknown_category_begins_as_zeros_and_the_tables_and_frequencies_are_trained()
    {
        var model = ModelRegistry.Build(new NumericEmbeddingOptions { EmbeddingSize = 4 }, Inputs[4], 2, seed: 3);
        var table = model.Graph.Initializers["embedding1.weight"].Span<float>();
        Assert.True(table[..4].IndexOfAnyExcept(0f) < 0);
        Assert.Equal(-1, table[4..].IndexOf(0f));

        string[] trained = [.. Trainables.Of(model.Graph).Select(t => t.Name)];
        Assert.Superset(new HashSet<string> { "embedding1.weight", "embedding2.weight", "periodic1.frequencies", "columnlinear1.weight" }, trained.ToHashSet());
        Assert.DoesNotContain(trained, name => name.StartsWith("bins", StringComparison.Ordinal));
    }

    [Fact]
    public void The_wide_part_sees_numbers_and_one_hot_categories()
    {
        var model = ModelRegistry.Build(new WideDeepOptions { Hidden = [] }, new TableModelInput(1, [3]), 1, seed: 0);
        model.Graph.Initializers["head.weight"].Span<float>().Clear();
        model.Graph.Initializers["head.bias"].Span<float>()[0] = 100;
        new[] { 10f, 1f, 2f }.CopyTo(model.Graph.Initializers["wide.weight"].Span<float>());
        var seen = OrtRun.Run(model, ("numeric", new[] { 1f, 2f, 3f }, [3, 1]), ("categorical", new[] { 0L, 1L, 2L }, [3, 1]));
        Assert.Equal([110f, 121f, 132f], seen["logits"]);
    }

    [Fact]
    public void Every_wrong_option_is_reported_at_once()
    {
        string[] Errors(ModelOptions options) => [.. Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, Inputs[4], 2, 0)).Errors];
        Assert.Equal(4, Errors(new TabularMlpOptions { Hidden = [3, 0], Dropout = 1, EmbeddingDropout = -0.1, EmbeddingSize = 0 }).Length);
        Assert.Equal(["crossLayers must be at least 0, but is -1"], Errors(new DeepCrossOptions { CrossLayers = -1 }));
        Assert.Equal(4, Errors(new ResidualTabularOptions { Width = 0, Blocks = -1, Inner = 0, ResidualDropout = double.NaN }).Length);
        Assert.Equal(3, Errors(new NumericEmbeddingOptions { Bins = -1, NumberSize = 0, FrequencyScale = double.NaN }).Length);
        Assert.Contains("both 0", Assert.Single(Errors(new NumericEmbeddingOptions { Bins = 0, Frequencies = 0 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_are_refused()
    {
        foreach (var options in Options)
            Assert.Contains("rows of a table", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, new ImageModelInput(1, 8, 8), 2, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantiles_that_fit_neither_the_columns_nor_the_bins_are_reported()
    {
        string Error(params float[][] quantiles) => Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new NumericEmbeddingOptions { Bins = 2 }, Inputs[0] with { Quantiles = quantiles }, 2, 0)).Message;
        float[] fit = [0, 1, 1];
        Assert.Contains("as many lists of quantiles", Error(fit), StringComparison.Ordinal);
        Assert.Contains("as many lists of quantiles", Error(fit, fit, [0, 1]), StringComparison.Ordinal);
        Assert.Contains("ascend", Error(fit, fit, [0, 2, 1]), StringComparison.Ordinal);
        Assert.Contains("ascend", Error(fit, fit, [0, float.NaN, 1]), StringComparison.Ordinal);
        Assert.Contains("2 bins, which have 3 edges, but the input has 2 quantiles", Error([0, 1], [0, 1], [0, 1]), StringComparison.Ordinal);
    }
}
