namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>Runs command lines as in a pipe, with captured output.</summary>
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
        };
        var code = await Cli.RunAsync(line, services);
        return (code, services.Out.ToString()!, services.Error.ToString()!);
    }
}
