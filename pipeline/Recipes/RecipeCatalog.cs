using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Finds recipes by name: "fashion-mnist" is recipes/fashion-mnist.yaml, here or beside the tool.</summary>
internal static class RecipeCatalog
{
    public const string DefaultRecipe = "fashion-mnist";
    private const string FolderName = "recipes";
    private const string Extension = ".yaml";

    /// <summary>The file of a recipe given by path or by bare name.</summary>
    /// <exception cref="RecipeException">There is none; it lists those there are.</exception>
    public static string Resolve(string nameOrPath, string currentFolder)
    {
        var asPath = Path.Combine(currentFolder, nameOrPath);
        if (File.Exists(asPath)) return nameOrPath;
        var isPath = nameOrPath.Contains('/') || nameOrPath.Contains('\\') || nameOrPath.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrPath.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        if (isPath) throw new RecipeException(nameOrPath, $"there is no such file.{Available(currentFolder, nameOrPath)}");
        var candidates = Folders(currentFolder).Select(folder => Path.Combine(folder, nameOrPath + Extension));
        return candidates.FirstOrDefault(File.Exists) is { } found
            ? Path.GetRelativePath(currentFolder, found) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : found
            : throw new RecipeException(nameOrPath, $"there is no recipe of this name.{Available(currentFolder, nameOrPath)}");
    }

    public static IReadOnlyList<string> Names(string currentFolder) =>
    [
        .. Folders(currentFolder)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Extension))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Folders(string currentFolder) => [Path.Combine(currentFolder, FolderName), Path.Combine(AppContext.BaseDirectory, FolderName)];

    private static string Available(string currentFolder, string found)
    {
        var names = Names(currentFolder);
        return names.Count == 0 ? $" There are no recipes in {FolderName}/ either; give the path of a YAML file." : Binding.Names.Suggest(Path.GetFileNameWithoutExtension(found), names);
    }
}
