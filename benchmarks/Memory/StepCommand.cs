using System.CommandLine;
using System.Globalization;
using OnnxPipeline.Benchmarks.Subjects;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Benchmarks.Memory;

/// <summary>"step": our side of a training benchmark in a process of its own, spoken to as the peers are (peers/peer.py), so that its memory is only its own.</summary>
internal static class StepCommand
{
    /// <summary>Loads ONNX Runtime and trains nothing.</summary>
    public const string Nothing = "nothing";

    public static readonly IReadOnlyDictionary<string, Func<IBenchmarkSubject>> Subjects = new Dictionary<string, Func<IBenchmarkSubject>>
    {
        ["mlp"] = TrainingSubject.Mlp,
        ["cnn"] = TrainingSubject.Cnn,
        ["resnet18"] = TrainingSubject.ResNet18,
    };

    public static Command Create()
    {
        var name = new Argument<string>("NAME");
        name.AcceptOnlyFromAmong([.. Subjects.Keys, Nothing]);
        var command = new Command("step", "Answers each line 'run N' with the seconds of N training steps.") { name };
        command.SetAction(arguments =>
        {
            using var subject = Subjects.TryGetValue(arguments.GetRequiredValue(name), out var create) ? create() : null;
            Console.WriteLine($"ready {subject?.Name ?? Providers.Version}");
            while (Console.ReadLine() is { } line) Console.WriteLine((subject?.Run(int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)) ?? 0).ToString("R", CultureInfo.InvariantCulture));
        });
        return command;
    }
}
