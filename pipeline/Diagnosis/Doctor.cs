using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>Looks at everything that a run of the default recipe needs, and at what other verbs could use.</summary>
internal static class Doctor
{
    /// <param name="artifacts">The artifacts folder.</param>
    /// <param name="folder">Where recipe names start from.</param>
    /// <param name="sources">Where dataset files may come from.</param>
    public static IReadOnlyList<Check> Examine(string artifacts, string folder, SourceOptions sources)
    {
        var (recipe, check) = DefaultRecipe(folder);
        return
        [
            .. MachineChecks.All(),
            .. RuntimeChecks.All(),
            check,
            .. DatasetRegistry.All.Where(dataset => dataset.Files.Count > 0).Select(dataset => DataChecks.Dataset(dataset, dataset.Name == recipe?.Data.Dataset, sources)),
            .. StoreChecks.All(artifacts),
        ];
    }

    /// <summary>What <paramref name="look"/> finds, or the exception it ends with as the finding: a doctor reports what is broken.</summary>
    public static Check Look(string name, CheckState otherwise, string? remedy, Func<string> look)
    {
        try
        {
            return new Check(name, CheckState.Ok, look());
        }
        catch (Exception exception)
        {
            return new Check(name, otherwise, (exception is TypeInitializationException { InnerException: { } inner } ? inner : exception).Message, remedy);
        }
    }

    private static (Recipe? Recipe, Check Check) DefaultRecipe(string folder)
    {
        Recipe? recipe = null;
        var check = Look("default recipe", CheckState.Missing, "run in a checkout of the project, or name a recipe file", () =>
        {
            var path = RecipeCatalog.Resolve(RecipeCatalog.DefaultRecipe, folder);
            recipe = RecipeReader.Read(path, folder, []);
            return path;
        });
        return (recipe, check);
    }
}
