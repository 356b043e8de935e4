using System.CommandLine;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"merge-rows": puts the files of "predict --shard" together into that of one run.</summary>
internal static class MergeRowsCommand
{
    public static Command Create(CliServices services)
    {
        var shards = new Argument<string[]>("FILE") { Description = "The shards' files, all of them, from the first to the last.", Arity = ArgumentArity.OneOrMore }.RefusingOptions();
        var output = new Option<string>("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        var command = new Command("merge-rows", "Put the rows of predict's shards together into the file of one run.") { shards, output };
        command.SetAction(line =>
        {
            string[] paths = [.. line.GetRequiredValue(shards).Select(path => Path.GetFullPath(path, services.Folder))];
            var target = Path.GetFullPath(line.GetRequiredValue(output), services.Folder);
            if (paths.Contains(target)) throw new UsageException($"--out '{target}' is one of the shards; choose another file.");
            if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing) throw new UsageException($"There is no file '{missing}'.");
            line.InvocationConfiguration.Output.WriteLine($"{ResultMerger.Merge(paths, target)} rows of {paths.Length} shard{(paths.Length == 1 ? "" : "s")} in {target}");
            return Cli.Done;
        });
        return command;
    }
}
