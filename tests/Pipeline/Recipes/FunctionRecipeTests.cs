using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Training.Functions;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class FunctionRecipeTests
{
    private const string Bowl = "name: bowl\nfunction:\n  expression: x^2 + y^2\n  start: {y: 1, x: 2.5}\n";

    [Fact]
    public void Every_option_of_a_function_is_bound()
    {
        var function = Read("function.steps=7", "function.optimizer={name: adam, learningRate: 0.5}", "function.schedule={name: step, everyEpochs: 2}", "function.start.x=-1").Function!;
        Assert.Equal(("x^2 + y^2", null, 7), (function.Expression, function.Model, function.Steps));
        Assert.Equal((-1.0, 1.0), (function.Start["x"], function.Start["y"]));
        Assert.Equal(0.5, Assert.IsType<AdamOptions>(function.Optimizer).LearningRate);
        Assert.Equal(2, Assert.IsType<StepScheduleOptions>(function.Schedule).EveryEpochs);
    }

    [Fact]
    public void The_canonical_form_has_this_kinds_sections_alone_reads_back_and_does_not_depend_on_how_the_start_was_written()
    {
        var canonical = CanonicalJson.Of(Read());
        Assert.StartsWith("""{"function":{"expression":"x^2 + y^2","model":null,"optimizer":""", canonical);
        Assert.DoesNotContain("data", canonical);
        Assert.Equal(canonical, CanonicalJson.Of(RecipeReader.Parse("r.json", canonical)));
        Assert.Equal(canonical, CanonicalJson.Of(RecipeReader.Parse("r.yaml", "function: {start: {x: 2.5, y: 1}, expression: x^2 + y^2}\nname: bowl\n")));
    }

    [Theory]
    [InlineData("function: null\n")]
    [InlineData("")]
    public void A_recipe_that_trains_a_model_knows_nothing_of_functions(string section)
    {
        var recipe = RecipeReader.Parse("r.yaml", "name: r\nmodel: {name: mlp}\n" + section);
        Assert.Null(recipe.Function);
        using var canonical = JsonDocument.Parse(CanonicalJson.Of(recipe));
        Assert.Equal(["augment", "data", "distill", "evaluate", "export", "model", "name", "prune", "quantizationAware", "quantize", "seed", "train"], canonical.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("model={name: mlp}", "a recipe either minimises a function or trains a model, and 'model' belongs to the training of one")]
    [InlineData("train.epochs=3", "leave out 'train' or 'function'")]
    [InlineData("function=3", "expected a mapping of options, found the integer 3")]
    [InlineData("function.step=3", "unknown key 'step'. Did you mean 'steps'?")]
    [InlineData("function.steps=0", "expected a value in [1, 10000], found 0")]
    [InlineData("function.steps=100000", "expected a value in [1, 10000]")]
    [InlineData("function.start={}", "expected at least one name")]
    [InlineData("function.start=[1, 2]", "expected a mapping from names to numbers, found a list")]
    [InlineData("function.start.x=fast", "function.start.x: expected a number, found the string 'fast'")]
    [InlineData("function.start.x=.inf", "found {\"y\":1,\"x\":Infinity}")]
    [InlineData("function.start.x=1e39", "expected at least one name, each with a value in")]
    [InlineData("function.expression=null", "there is no function; give function.expression")]
    [InlineData("function.model=own.onnx", "expression and model exclude each other")]
    [InlineData("function.expression=x^2 + z", "function.expression: column 7: there is no variable 'z'. Valid: x, y.")]
    [InlineData("function.start.cos=1", "'cos' cannot name a variable")]
    [InlineData("function.optimizer={name: sgd, nesterov: true}", "function.optimizer: Nesterov: needs a Momentum")]
    [InlineData("function.optimizer={name: adm}", "Did you mean 'adam'?")]
    [InlineData("function.optimizer={name: sgd, learningRate: -1}", "function.optimizer.learningRate: expected")]
    [InlineData("function.schedule={name: linear, warmupEpochs: 100}", "the warm-up must end before the steps do")]
    [InlineData("seed=1", "'seed' belongs to the training of one")]
    public void What_cannot_be_is_refused(string set, string expected) => Assert.Contains(expected, Assert.Throws<RecipeException>(() => Read(set)).Message);

    [Fact]
    public void A_functions_variables_must_be_given()
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", "name: r\nfunction: {expression: x}\n")).Message;
        Assert.Contains("the key 'start' is missing", error);
        Assert.Contains("'function'", Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", "name: r\nfuncton: {expression: x}\nmodel: {name: mlp}\n")).Message);
    }

    [Fact]
    public void The_path_of_a_model_starts_from_the_recipes_folder()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("deep"));
        File.WriteAllText(folder.File("deep/r.yaml"), "name: r\nfunction: {model: own.onnx, start: {x: 1}}\n");
        Assert.Equal(folder.File("deep/own.onnx"), RecipeReader.Read("deep/r.yaml", folder.Path, []).Function!.Model);
    }

    private static Recipe Read(params string[] sets) => RecipeReader.Parse("r.yaml", Bowl, sets);
}
