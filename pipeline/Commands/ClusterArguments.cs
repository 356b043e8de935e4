using System.CommandLine;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Where a command's work is done: on this machine, or by Slurm, and then with what.</summary>
internal sealed class ClusterArguments
{
    private const string Local = "local";
    private const string OnSlurm = "slurm";

    private readonly Option<string> _executor = new("--executor") { Description = "Who does the work: local (this machine), or slurm.", HelpName = "NAME", DefaultValueFactory = _ => Local };
    private readonly Option<string?> _profile = new("--profile") { Description = $"With --executor slurm: a YAML file of what is asked of it, over the recipe's section '{SlurmSettings.Key}' ({SlurmSettings.DefaultProfile}, where there is one).", HelpName = "FILE" };
    private readonly Option<string[]> _slurm = new("--slurm") { Description = "With --executor slurm: one option of it, for example time=2:00:00.", HelpName = "KEY=VALUE" };
    private readonly Option<bool> _detach = new("--detach") { Description = "With --executor slurm: hand the job in and leave; 'pipeline attach' follows it." };

    public static ClusterArguments AddTo(Command command)
    {
        var arguments = new ClusterArguments();
        foreach (var option in (Option[])[arguments._executor, arguments._profile, arguments._slurm, arguments._detach]) command.Add(option);
        arguments._executor.AcceptOnlyFromAmong(Local, OnSlurm);
        command.Validators.Add(result =>
        {
            if (result.GetValue(arguments._executor) == OnSlurm) return;
            foreach (var option in (Option[])[arguments._profile, arguments._slurm, arguments._detach])
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} is for --executor {OnSlurm}; add that, or leave it out.");
        });
        return arguments;
    }

    /// <summary>Whether Slurm is to do the work.</summary>
    public bool IsOnSlurm(ParseResult line) => line.GetValue(_executor) == OnSlurm;

    /// <param name="line">The command line.</param>
    /// <param name="section">The recipe's section; null where there is none.</param>
    /// <param name="services">The world.</param>
    /// <exception cref="RecipeException">Something is wrong; it lists all of it.</exception>
    public SlurmOptions Options(ParseResult line, YamlValue? section, CliServices services) =>
        SlurmSettings.Read(section, line.GetValue(_profile), line.GetValue(_slurm) ?? [], services.Folder);

    /// <summary>Follows a job that was just handed in, unless its user wants to leave; the exit code.</summary>
    public int Follow(ParseResult line, JobFolder folder, JobOutput output, CliServices services, CancellationToken cancellation)
    {
        if (!line.GetValue(_detach)) return AttachCommand.Follow(folder, output, services, cancellation);
        var id = folder.Record().Id;
        if (output.Json) services.Out.WriteLine(id);
        services.Error.WriteLine($"'pipeline attach {id}' follows it, 'pipeline cancel {id}' ends it");
        return Cli.Done;
    }
}
