using System.CommandLine;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "run", "status" and "find-lr" have in common: a recipe, changes to it, and which of its stages are meant.</summary>
internal sealed class RecipeArguments
{
    private readonly Argument<string>? _recipe;
    private readonly Option<string[]> _set = new("--set") { Description = "Change an option of the recipe, for example train.epochs=5.", HelpName = "PATH=VALUE" };
    private readonly Option<string?> _until = new("--until") { Description = "Stop after this stage.", HelpName = "STAGE" };
    private readonly Option<string[]> _force = new("--force") { Description = "Run this stage although it is cached.", HelpName = "STAGE" };
    private readonly Option<string?> _mirror = new("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
    private readonly Option<string?> _engine = new("--engine") { Description = "Train with this engine: ort, torch or auto. The same as --set train.engine=ENGINE.", HelpName = "ENGINE" };
    private readonly Option<string?> _device = new("--device") { Description = "Train on this device: cpu, cuda or cuda:n. The same as --set train.device=DEVICE.", HelpName = "DEVICE" };

    private RecipeArguments(Argument<string>? recipe) => _recipe = recipe;

    /// <summary>Adds the arguments to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="recipeRequired">Whether there is no default recipe.</param>
    /// <param name="untilAny">Whether the user says where to stop; not where the command itself does.</param>
    public static RecipeArguments AddTo(Command command, bool recipeRequired, bool untilAny = true)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A recipe's name (recipes/NAME.yaml) or file." };
        if (!recipeRequired) recipe.DefaultValueFactory = _ => RecipeCatalog.DefaultRecipe;
        command.Add(recipe);
        return new RecipeArguments(recipe).AddOptions(command, untilAny);
    }

    /// <summary>Adds the options alone, to a command that makes its recipe itself.</summary>
    public static RecipeArguments AddOptionsTo(Command command) => new RecipeArguments(recipe: null).AddOptions(command, untilAny: true);

    /// <exception cref="RecipeException">The recipe is not there or cannot be used.</exception>
    public RunRequest Read(ParseResult line, CliServices services) => Request(line, services, Document(line, services).Bind(Sets(line)));

    /// <summary>Reads a recipe that the command made, as strictly as one from a file.</summary>
    /// <exception cref="RecipeException">It cannot be used.</exception>
    public RunRequest Read(ParseResult line, CliServices services, Recipe made) =>
        Request(line, services, RecipeDocument.ReadText(made.Name, CanonicalJson.Of(made)).Bind(Sets(line)));

    /// <summary>What the recipe asks of Slurm; null where it asks nothing.</summary>
    public YamlValue? Slurm(ParseResult line, CliServices services) => Document(line, services).Slurm;

    /// <summary>Where dataset files are taken from first; null for their official place.</summary>
    public string? Mirror(ParseResult line) => line.GetValue(_mirror);

    /// <summary>Reads a recipe that a flag changes, and says on stderr how. An option that --set gives is left as it gives it.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="services">The world.</param>
    /// <param name="aside">What the run is for; it never becomes artifacts/latest.</param>
    /// <param name="rewrite">The changes, each as --set takes it, to the recipe as it would be without them.</param>
    /// <exception cref="RecipeException">The recipe is not there or cannot be used.</exception>
    public RunRequest Read(ParseResult line, CliServices services, string aside, Func<Recipe, IReadOnlyList<string>> rewrite)
    {
        var document = Document(line, services);
        var sets = Sets(line);
        var plain = document.Bind(sets);
        plain.MustTrain(aside);
        var changes = rewrite(plain).Where(change => !sets.Any(set => IsWithin(set, change))).ToArray();
        services.Error.WriteLine($"{aside}: the recipe with {ShellText.Line(changes.SelectMany(change => new[] { "--set", change }))}");
        return Request(line, services, document.Bind([.. sets, .. changes])) with { Aside = aside };
    }

    /// <summary>Whether one change is of the option that another is of, or of one inside it.</summary>
    private static bool IsWithin(string set, string change) => $"{SetOverlay.Split(set).Path}.".StartsWith($"{SetOverlay.Split(change).Path}.", StringComparison.Ordinal);

    private RecipeArguments AddOptions(Command command, bool untilAny)
    {
        if (untilAny) command.Add(_until);
        command.Add(_force);
        command.Add(_set);
        command.Add(_mirror);
        command.Add(_engine);
        command.Add(_device);
        return this;
    }

    private RecipeDocument Document(ParseResult line, CliServices services) =>
        RecipeDocument.ReadFile(RecipeCatalog.Resolve(line.GetRequiredValue(_recipe!), services.Folder), services.Folder);

    private string[] Sets(ParseResult line) =>
    [
        .. line.GetValue(_set) ?? [],
        .. line.GetValue(_engine) is { } engine ? [$"train.engine={engine}"] : Array.Empty<string>(),
        .. line.GetValue(_device) is { } device ? [$"train.device={device}"] : Array.Empty<string>(),
    ];

    private RunRequest Request(ParseResult line, CliServices services, Recipe recipe) => new(recipe, services.Stages(recipe, services.ForStages(line.GetValue(_mirror))))
    {
        Until = line.GetValue(_until),
        Force = line.GetValue(_force) ?? [],
    };
}
