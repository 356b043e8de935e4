using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>
/// Runs command lines as in a pipe, with captured output. What takes seconds and changes nothing but figures of a report is left out or cut
/// short: models are timed for a moment, and an export is verified in the second runtime only if its recipe says "secondRuntime: true".
/// </summary>
internal static class CommandLine
{
    public static Task<(int Code, string Output, string Error)> RunAsync(string folder, params string[] line) => RunAsync(new CliServices { Folder = folder }, line);

    public static async Task<(int Code, string Output, string Error)> RunAsync(CliServices given, params string[] line)
    {
        var services = given with
        {
            Out = new StringWriter { NewLine = "\n" },
            Error = new StringWriter { NewLine = "\n" },
            Interactive = false,
            Colour = false,
            TimingSeconds = 0.01,
            Stages = (recipe, stages) => given.Stages(WithoutSecondRuntime(recipe), stages),
        };
        var code = await Cli.RunAsync(line, services);
        return (code, services.Out.ToString()!, services.Error.ToString()!);
    }

    private static Recipe WithoutSecondRuntime(Recipe recipe) =>
        recipe.Export.SecondRuntime == SecondRuntimeUse.Auto ? recipe with { Export = recipe.Export with { SecondRuntime = SecondRuntimeUse.False } } : recipe;
}
