using System.CommandLine;
using System.Globalization;
using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks.Memory;

/// <summary>"memory": the most memory that training takes, ours beside PyTorch's, each in a process of its own.</summary>
internal static class MemoryCommand
{
    private const int Steps = 5;

    public static Command Create()
    {
        var command = new Command("memory", "Measures the most memory (peak resident set) that a few training steps take beside PyTorch, and what of it is the step's and not the libraries'.");
        command.SetAction(_ =>
        {
            var (ours, theirs) = (Peak(Ours(StepCommand.Nothing)), Peak(PeerProcess.Command("torch_nothing.py", Environment.ProcessorCount)));
            Console.WriteLine("| training step of | ours MiB | PyTorch MiB | ratio | the step's alone | PyTorch's | ratio |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (var name in StepCommand.Subjects.Keys)
            {
                var (mine, torch) = (Peak(Ours(name)), Peak(PeerProcess.Command($"torch_{name}.py", Environment.ProcessorCount)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {mine:0} | {torch:0} | {mine / torch:0.00} | {mine - ours:0} | {torch - theirs:0} | {(mine - ours) / (torch - theirs):0.00} |"));
            }
        });
        return command;
    }

    private static string[] Ours(string name) => ["dotnet", typeof(MemoryCommand).Assembly.Location, "step", name];

    /// <summary>Mebibytes.</summary>
    private static double Peak(string[] program)
    {
        var (process, _) = LineProcess.Start(program, "ready ");
        using (process)
        {
            process.Ask($"run {Steps}");
            var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }
}
