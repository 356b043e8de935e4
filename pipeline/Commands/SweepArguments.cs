using System.CommandLine;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "sweep" varies, and how; what is not given is as the recipe's own section has it.</summary>
internal sealed class SweepArguments
{
    private readonly Argument<string> _recipe = new("RECIPE") { Description = "A recipe's name (recipes/NAME.yaml) or file." };
    private readonly Option<string[]> _set = new("--set") { Description = "Values of an option: a list such as train.batchSize=32,64, or with --random a range such as train.optimizer.learningRate=1e-4..1e-1:log.", HelpName = "PATH=VALUES" };
    private readonly Option<int?> _random = new("--random") { Description = "Draw N combinations at random, keyed by the recipe's seed, instead of running all.", HelpName = "N" };
    private readonly Option<bool> _halving = new("--halving") { Description = "Successive halving: all trials get few epochs, the best 1/eta of them eta times as many, up to train.epochs." };
    private readonly Option<int?> _eta = new("--eta") { Description = "With --halving: one of so many trials goes on (3).", HelpName = "N" };
    private readonly Option<int?> _minEpochs = new("--min-epochs") { Description = "With --halving: the fewest epochs of a trial (1).", HelpName = "N" };
    private readonly Option<int?> _repeat = new("--repeat") { Description = "Run each trial with so many seeds, the recipe's and those after it; the table has mean and standard deviation.", HelpName = "SEEDS" };
    private readonly Option<string?> _metric = new("--metric") { Description = "Rank by this metric (validation.accuracy, or what the task has).", HelpName = "NAME" };
    private readonly Option<bool?> _minimize = new("--minimize") { Description = "The lower metric is the better one; by default its name tells." };
    private readonly Option<bool> _yes = new("--yes") { Description = $"Run more than {SweepPlan.MaxUnasked} trials without being asked." };
    private readonly Option<string?> _engine = new("--engine") { Description = "Train with this engine: ort, torch or auto. The same as --set train.engine=ENGINE.", HelpName = "ENGINE" };
    private readonly Option<string?> _device = new("--device") { Description = "Train on this device: cpu, cuda or cuda:n. The same as --set train.device=DEVICE.", HelpName = "DEVICE" };

    public static SweepArguments AddTo(Command command)
    {
        var arguments = new SweepArguments();
        command.Add(arguments._recipe);
        foreach (Option option in (Option[])[arguments._set, arguments._random, arguments._halving, arguments._eta, arguments._minEpochs, arguments._repeat, arguments._metric, arguments._minimize, arguments._yes, arguments._engine, arguments._device]) command.Add(option);
        return arguments;
    }

    /// <summary>The recipe as it was named.</summary>
    public string RecipeName(ParseResult line) => line.GetRequiredValue(_recipe);

    /// <summary>What the recipe asks of Slurm; null where it asks nothing.</summary>
    public YamlValue? Slurm(ParseResult line, CliServices services) => Document(line, services).Slurm;

    /// <exception cref="RecipeException">The recipe is not there, or a trial of it is no valid recipe.</exception>
    /// <exception cref="UsageException">The sweep makes no sense, or is too large to start unasked.</exception>
    public SweepPlan Read(ParseResult line, CliServices services)
    {
        var document = Document(line, services);
        string[] engine = line.GetValue(_engine) is { } engineName ? [$"train.engine={engineName}"] : [];
        string[] device = line.GetValue(_device) is { } name ? [$"train.device={name}"] : [];
        return SweepPlan.Create(document, document.Sweep.With([.. line.GetValue(_set) ?? [], .. engine, .. device], Options(line, document.Sweep.Options)), line.GetValue(_yes));
    }

    private RecipeDocument Document(ParseResult line, CliServices services) =>
        RecipeDocument.ReadFile(RecipeCatalog.Resolve(RecipeName(line), services.Folder), services.Folder);

    private SweepOptions Options(ParseResult line, SweepOptions section)
    {
        var halving = line.GetValue(_halving) ? section.Halving ?? new HalvingOptions() : section.Halving;
        var (eta, minEpochs) = (line.GetValue(_eta), line.GetValue(_minEpochs));
        if (halving is null && (eta ?? minEpochs) is not null) throw new UsageException("--eta and --min-epochs say how to halve; add --halving.");
        return section with
        {
            Metric = line.GetValue(_metric) ?? section.Metric,
            Minimize = line.GetValue(_minimize) ?? section.Minimize,
            Repeat = line.GetValue(_repeat) ?? section.Repeat,
            Random = line.GetValue(_random) ?? section.Random,
            Halving = halving is null ? null : halving with { Eta = eta ?? halving.Eta, MinEpochs = minEpochs ?? halving.MinEpochs },
        };
    }
}
