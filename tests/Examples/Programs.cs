using System.Diagnostics;

namespace OnnxPipeline.Examples.Tests;

/// <summary>How a program ended.</summary>
internal sealed record Ended(int Code, string Output, string Error);

/// <summary>Runs programs to their end.</summary>
internal static class Programs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<Ended> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Start(program, folder, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>As <see cref="RunAsync"/>, of a program that must succeed; gives its output.</summary>
    public static async Task<string> OutputAsync(string program, string folder, params string[] arguments)
    {
        var ended = await RunAsync(program, folder, arguments);
        Assert.True(ended.Code == 0, $"{program} {string.Join(' ', arguments)}: {ended}");
        return ended.Output;
    }

    public static Process Start(string program, string folder, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
