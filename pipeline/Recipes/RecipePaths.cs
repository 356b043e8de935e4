using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Makes the paths in a recipe absolute, so that a run does not depend on where it is started.</summary>
internal static class RecipePaths
{
    /// <param name="recipe">A recipe without faults.</param>
    /// <param name="folderOf">For an option's path in the recipe, the absolute folder its value starts from when it is relative.</param>
    public static Recipe Resolve(Recipe recipe, Func<string, string> folderOf) => recipe with
    {
        Data = Resolve(recipe.Data, folderOf),
        Model = Resolve(recipe.Model, "model.path", folderOf),
        Distill = recipe.Distill is { } distill ? Resolve(distill, folderOf) : null,
        Function = recipe.Function is { Model: { } model } function ? function with { Model = Path.GetFullPath(model, folderOf("function.model")) } : recipe.Function,
    };

    private static DistillOptions Resolve(DistillOptions distill, Func<string, string> folderOf) => distill with
    {
        Student = Resolve(distill.Student, "distill.student.path", folderOf),
        Teacher = [.. distill.Teacher.Select(path => Path.GetFullPath(path, folderOf("distill.teacher")))],
        UnlabelledImages = distill.UnlabelledImages is { } images ? Path.GetFullPath(images, folderOf("distill.unlabelledImages")) : null,
    };

    private static ModelOptions Resolve(ModelOptions model, string option, Func<string, string> folderOf) =>
        model is OnnxModelOptions file ? file with { Path = Path.GetFullPath(file.Path, folderOf(option)) } : model;

    private static DataOptions Resolve(DataOptions data, Func<string, string> folderOf) => data with
    {
        ImageFolder = data.ImageFolder is { } images ? images with { Path = Path.GetFullPath(images.Path, folderOf("data.imageFolder.path")) } : null,
        Csv = data.Csv is { } csv ? csv with { Path = Path.GetFullPath(csv.Path, folderOf("data.csv.path")) } : null,
    };
}
