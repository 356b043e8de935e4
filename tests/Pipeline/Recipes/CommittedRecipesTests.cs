using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class CommittedRecipesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "committed-recipes");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recipe_is_valid_bears_its_files_name_and_points_editors_to_the_schema(string file)
    {
        var recipe = RecipeReader.Read(file, Folder, []);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
        Assert.Equal("# yaml-language-server: $schema=recipe.schema.json", File.ReadLines(Path.Combine(Folder, file)).First());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_sweep_that_a_recipe_carries_has_only_valid_trials(string file)
    {
        var document = RecipeDocument.ReadFile(file, Folder);
        if (document.Sweep != SweepSection.Empty) Assert.NotEmpty(SweepPlan.Create(document, document.Sweep, anySize: false).Points);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recipe_that_trains_is_valid_as_a_trial_and_as_a_question_of_memory(string file)
    {
        var recipe = RecipeReader.Read(file, Folder, []);
        if (recipe.Function is not null) return;
        Assert.Equal(1, RecipeReader.Read(file, Folder, RecipeRewrites.FastDevRun(recipe)).Train.Epochs);
        var memorising = RecipeReader.Read(file, Folder, RecipeRewrites.Overfit(recipe, 20));
        Assert.Equal((20, 0), (memorising.Data.Limit, memorising.Data.Validation));
    }

    [Fact]
    public void The_committed_schema_is_current()
    {
        var committed = File.ReadAllText(Path.Combine(Folder, "recipe.schema.json"));
        Assert.True(committed == RecipeSchema.Generate(), "recipes/recipe.schema.json is out of date; run: bin/pipeline schema > recipes/recipe.schema.json");
    }

    [Fact]
    public void The_schema_has_unions_enums_ranges_and_descriptions()
    {
        using var schema = JsonDocument.Parse(RecipeSchema.Generate());
        var training = schema.RootElement.GetProperty("else");
        var properties = training.GetProperty("properties");
        Assert.Equal(["name", "model"], training.GetProperty("required").EnumerateArray().Select(e => e.GetString()));
        var models = properties.GetProperty("model").GetProperty("oneOf").EnumerateArray().ToArray();
        Assert.Equal(["mlp", "cnn", "logistic"], models.Take(3).Select(m => m.GetProperty("properties").GetProperty("name").GetProperty("const").GetString()));
        Assert.Contains("leaky-relu", models[0].GetProperty("properties").GetProperty("activation").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(1, models[1].GetProperty("properties").GetProperty("channels").GetProperty("items").GetProperty("minItems").GetInt32());
        var validation = properties.GetProperty("data").GetProperty("properties").GetProperty("validation");
        Assert.Equal((0, 1, 0.1), (validation.GetProperty("minimum").GetInt32(), validation.GetProperty("exclusiveMaximum").GetInt32(), validation.GetProperty("default").GetDouble()));
        Assert.StartsWith("Share of the training part", validation.GetProperty("description").GetString());
        Assert.All(Objects(schema.RootElement), o => Assert.False(o.GetProperty("additionalProperties").GetBoolean()));
    }

    [Fact]
    public void The_schema_holds_a_recipe_against_its_own_kind()
    {
        using var schema = JsonDocument.Parse(RecipeSchema.Generate());
        Assert.Equal("""{"required":["function"]}""", JsonSerializer.Serialize(schema.RootElement.GetProperty("if")));
        var function = schema.RootElement.GetProperty("then").GetProperty("properties").GetProperty("function").GetProperty("properties");
        Assert.Equal(["name", "function", "sweep", "slurm"], schema.RootElement.GetProperty("then").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal("number", function.GetProperty("start").GetProperty("patternProperties").GetProperty("^.+$").GetProperty("type").GetString());
        Assert.False(schema.RootElement.GetProperty("else").GetProperty("properties").TryGetProperty("function", out _));
    }

    [Fact]
    public void A_bare_name_is_a_recipe_of_the_folder_and_an_unknown_one_lists_them()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("recipes"));
        File.WriteAllText(folder.File("recipes/own.yaml"), "");
        File.WriteAllText(folder.File("other.yaml"), "");
        Assert.Equal(Path.Combine("recipes", "own.yaml"), RecipeCatalog.Resolve("own", folder.Path));
        Assert.Equal("other.yaml", RecipeCatalog.Resolve("other.yaml", folder.Path));
        Assert.EndsWith("fashion-mnist.yaml", RecipeCatalog.Resolve("fashion-mnist", folder.Path));
        var error = Assert.Throws<RecipeException>(() => RecipeCatalog.Resolve("onw", folder.Path));
        Assert.Equal($"onw: there is no recipe of this name. Did you mean 'own'? Valid: {string.Join(", ", RecipeCatalog.Names(folder.Path))}.", error.Message);
        Assert.Contains("surface", error.Message);
        Assert.Contains("there is no such file", Assert.Throws<RecipeException>(() => RecipeCatalog.Resolve("x/y.yaml", folder.Path)).Message);
    }

    private static IEnumerable<JsonElement> Objects(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Where(p => p.Name != "default").SelectMany(p => Objects(p.Value)).Concat(element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object" ? [element] : []),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Objects),
        _ => [],
    };
}
