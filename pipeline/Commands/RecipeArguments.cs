using System.CommandLine;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "run" and "status" have in common: a recipe, changes to it, and which of its stages are meant.</summary>
internal sealed class RecipeArguments
{
    private readonly Argument<string> _recipe;
    private readonly Option<string[]> _set = new("--set") { Description = "Change an option of the recipe, for example train.epochs=5.", HelpName = "PATH=VALUE" };
    private readonly Option<string?> _until = new("--until") { Description = "Stop after this stage.", HelpName = "STAGE" };
    private readonly Option<string[]> _force = new("--force") { Description = "Run this stage although it is cached.", HelpName = "STAGE" };
    private readonly Option<string?> _mirror = new("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
    private readonly Option<string?> _device = new("--device") { Description = "Train on this device: cpu, cuda or cuda:n. The same as --set train.device=DEVICE.", HelpName = "DEVICE" };

    private RecipeArguments(Argument<string> recipe) => _recipe = recipe;

    /// <summary>Adds the arguments to a command.</summary>
    public static RecipeArguments AddTo(Command command, bool recipeRequired)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A recipe's name (recipes/NAME.yaml) or file." };
        if (!recipeRequired) recipe.DefaultValueFactory = _ => RecipeCatalog.DefaultRecipe;
        var arguments = new RecipeArguments(recipe);
        command.Add(recipe);
        command.Add(arguments._until);
        command.Add(arguments._force);
        command.Add(arguments._set);
        command.Add(arguments._mirror);
        command.Add(arguments._device);
        return arguments;
    }

    /// <exception cref="RecipeException">The recipe is not there or cannot be used.</exception>
    public RunRequest Read(ParseResult line, CliServices services)
    {
        var path = RecipeCatalog.Resolve(line.GetRequiredValue(_recipe), services.Folder);
        string[] device = line.GetValue(_device) is { } name ? [$"train.device={name}"] : [];
        var recipe = RecipeReader.Read(path, services.Folder, [.. line.GetValue(_set) ?? [], .. device]);
        return new RunRequest(recipe, services.Stages(recipe, new StageServices(line.GetValue(_mirror))))
        {
            Until = line.GetValue(_until),
            Force = line.GetValue(_force) ?? [],
        };
    }
}
