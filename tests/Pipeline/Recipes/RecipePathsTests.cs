using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class RecipePathsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RecipePathsTests()
    {
        Directory.CreateDirectory(_folder.File("recipes"));
        File.WriteAllText(_folder.File("recipes/r.yaml"), "name: r\nmodel: {name: mlp}\ndata: {dataset: image-folder, imageFolder: {path: photos/, size: 32x48, channels: grey, fit: crop}}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_in_a_recipe_starts_from_the_recipes_folder() =>
        Assert.Equal(_folder.File("recipes/photos/"), Read());

    [Fact]
    public void A_path_on_the_command_line_starts_from_the_current_folder()
    {
        Assert.Equal(_folder.File("other.zip"), Read("data.imageFolder.path=other.zip"));
        Assert.Equal(_folder.File("other.zip"), Read("data.imageFolder={path: other.zip}"));
        Assert.Equal(_folder.File("recipes/photos/"), Read("data.imageFolder.size=8x8"));
    }

    [Fact]
    public void An_absolute_path_stays() => Assert.Equal("/srv/photos", Read("data.imageFolder.path=/srv/photos"));

    private string Read(params string[] sets) => RecipeReader.Read("recipes/r.yaml", _folder.Path, sets).Data.ImageFolder!.Path;
}
