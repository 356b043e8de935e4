using System.CommandLine;
using System.CommandLine.Invocation;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline;

/// <summary>The command line: its verbs, its exit codes, and the one place where exceptions become messages.</summary>
internal static class Cli
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int Interrupted = 130;

    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where in the code an error came from.", Recursive = true };

    /// <summary>Every verb, in the order in which help lists them.</summary>
    internal static IReadOnlyList<(string Name, Func<CliServices, Command> Create)> Verbs { get; } =
    [
        ("run", RunCommand.Create),
        ("sweep", SweepCommand.Create),
        ("finetune", FineTuneCommand.Create),
        ("features", FeaturesCommand.Create),
        ("find-lr", FindLrCommand.Create),
        ("jobs", JobsCommand.Create),
        ("attach", AttachCommand.Create),
        ("cancel", CancelCommand.Create),
        ("status", StatusCommand.Create),
        ("runs", RunsCommand.Create),
        ("diff", DiffCommand.Create),
        ("data", DataCommand.Create),
        ("report", ReportCommand.Create),
        ("models", ModelsCommand.Create),
        ("inspect", InspectCommand.Create),
        ("compare", CompareCommand.Create),
        ("optimize", OptimizeCommand.Create),
        ("quantize", QuantizeCommand.Create),
        ("prune", PruneCommand.Create),
        ("export", ExportCommand.Create),
        ("predict", PredictCommand.Create),
        ("merge-rows", MergeRowsCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("serve", _ => ServeCommand.Create()),
        ("adapter", AdapterCommand.Create),
        ("package", PackageCommand.Create),
        ("sign", SignCommands.CreateSign),
        ("verify-signature", SignCommands.CreateVerify),
        ("doctor", DoctorCommand.Create),
        ("cache", CacheCommand.Create),
        ("schema", SchemaCommand.Create),
    ];

    /// <summary>Verbs that scripts of this project use, and nobody else.</summary>
    private static IReadOnlyList<(string Name, Func<CliServices, Command> Create)> HiddenVerbs { get; } = [("task", TaskCommand.Create)];

    /// <summary>Runs one command line and gives its exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliServices services)
    {
        var root = new RootCommand("From a dataset to a trained, verified and served ONNX model.") { Verbose };
        // A verb's options take time to build, and load what it needs: those of the others are left out once it is named.
        var meant = Verbs.Concat(HiddenVerbs).Where(verb => verb.Name == args.FirstOrDefault()).ToArray();
        foreach (var (_, create) in meant.Length > 0 ? meant : Verbs) root.Add(create(services));
        var line = root.Parse(args);
        if (line.Action is ParseErrorAction) return Complain(services, line);

        using var signals = new StopSignals(services);
        try
        {
            return await line.InvokeAsync(new InvocationConfiguration { Output = services.Out, Error = services.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            services.Error.WriteLine("interrupted; run the same command again to go on from here");
            return Interrupted;
        }
        catch (Exception exception)
        {
            return Report(services, exception, line.GetValue(Verbose));
        }
    }

    private static int Complain(CliServices services, ParseResult line)
    {
        var command = line.CommandResult.Command;
        if (command.Subcommands.Count > 0)
        {
            var verbs = command.Subcommands.Select(c => c.Name).ToArray();
            var found = line.UnmatchedTokens is [var first, ..] ? first : null;
            services.Error.WriteLine(found is null ? $"error: a command is missing. Valid: {string.Join(", ", verbs)}." : $"error: '{found}' is no command.{Names.Suggest(found, verbs)}");
        }
        else
        {
            foreach (var error in line.Errors) services.Error.WriteLine($"error: {error.Message}");
        }
        services.Error.WriteLine($"See '{(command is RootCommand ? "pipeline" : $"pipeline {command.Name}")} --help'.");
        return BadUsage;
    }

    private static int Report(CliServices services, Exception exception, bool verbose)
    {
        if (exception is RecipeException recipe)
        {
            foreach (var error in recipe.Errors) services.Error.WriteLine($"error: {error}");
        }
        else
        {
            services.Error.WriteLine($"error: {exception.Message}");
        }
        if (verbose) services.Error.WriteLine(exception);
        return exception is RecipeException or UsageException ? BadUsage : Failed;
    }
}
