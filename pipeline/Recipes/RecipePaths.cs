namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Makes the paths in a recipe absolute, so that a run does not depend on where it is started.</summary>
internal static class RecipePaths
{
    /// <param name="recipe">A recipe without faults.</param>
    /// <param name="folderOf">For an option's path in the recipe, the absolute folder its value starts from when it is relative.</param>
    public static Recipe Resolve(Recipe recipe, Func<string, string> folderOf) => recipe.Data.ImageFolder is { } images
        ? recipe with { Data = recipe.Data with { ImageFolder = images with { Path = Path.GetFullPath(images.Path, folderOf("data.imageFolder.path")) } } }
        : recipe;
}
