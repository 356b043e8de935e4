using System.CommandLine;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Arguments of any number of words, which would otherwise take a mistyped option for one of them.</summary>
internal static class ListArgument
{
    public static Argument<string[]> RefusingOptions(this Argument<string[]> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(t => t.Value).Where(w => w.StartsWith('-') && w.Length > 1 && !Path.Exists(w)))
                result.AddError($"There is no option '{word}', nor a file of that name (which would be given as './{word}'). --help lists the options.");
        });
        return argument;
    }
}
