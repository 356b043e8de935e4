using System.CommandLine;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"--artifacts DIR", which every verb that reads or writes artifacts has.</summary>
internal static class ArtifactsOption
{
    public static Option<string> Create() => new("--artifacts")
    {
        Description = "Where artifacts, runs and the store are.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "artifacts",
    };

    /// <summary>The full path.</summary>
    public static string Read(ParseResult line, Option<string> option, CliServices services) => Path.GetFullPath(line.GetRequiredValue(option), services.Folder);
}
