using Spectre.Console;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A terminal of 160 columns that is written down.</summary>
internal sealed class WideOutput(TextWriter writer) : IAnsiConsoleOutput
{
    public TextWriter Writer { get; } = writer;

    public bool IsTerminal => true;

    public int Width => 160;

    public int Height => 40;

    public void SetEncoding(System.Text.Encoding encoding)
    {
    }
}
