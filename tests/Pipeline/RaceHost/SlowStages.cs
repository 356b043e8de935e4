using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.RaceHost;

/// <summary>Three stages that take their time and leave a file in the folder RACE_LOG whenever one truly runs.</summary>
internal static class SlowStages
{
    private static readonly TimeSpan Epoch = TimeSpan.FromMilliseconds(int.Parse(Environment.GetEnvironmentVariable("RACE_EPOCH_MS") ?? "20"));

    public static IReadOnlyList<IStage> For(Recipe recipe) =>
    [
        new FakeStage("data", context =>
        {
            Log("data");
            Thread.Sleep(Epoch);
            File.WriteAllText(Path.Combine(context.Output, "data.txt"), string.Concat(Enumerable.Repeat("data ", 10_000)));
        })
        {
            Options = recipe.Data,
        },
        new FakeStage("train", context => Train(recipe, context))
        {
            Inputs = ["data"],
            Options = recipe.Train,
            Engine = "none 1.0",
            DeviceKind = "cpu",
            Shown = [new ShownFile("history.json", "history.json"), new ShownFile("weights.txt", "model.txt")],
        },
        new FakeStage("evaluate", context =>
        {
            Log("evaluate");
            var epochs = File.ReadLines(Path.Combine(context.Input("train"), "weights.txt")).Count();
            File.WriteAllText(Path.Combine(context.Output, "metrics.json"), $$"""{"test.accuracy": {{1 - (1.0 / (epochs + 1))}}}""");
        })
        {
            Inputs = ["data", "train"],
            Options = recipe.Evaluate,
            Shown = [new ShownFile("metrics.json", "metrics.json")],
        },
    ];

    /// <summary>One line an epoch, kept in the work folder as it goes, and taken up from there.</summary>
    private static void Train(Recipe recipe, StageContext context)
    {
        var checkpoint = Path.Combine(context.Work, "checkpoint.txt");
        var lines = File.Exists(checkpoint) ? File.ReadAllLines(checkpoint).ToList() : [];
        Log($"train from {lines.Count}");
        while (lines.Count < recipe.Train.Epochs)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(Epoch);
            lines.Add($"epoch {lines.Count + 1} of seed {recipe.Seed}");
            File.WriteAllLines(checkpoint + ".tmp", lines);
            File.Move(checkpoint + ".tmp", checkpoint, overwrite: true);
            context.Progress.Advance(new ProgressFacts(lines.Count, recipe.Train.Epochs, "epochs", lines[^1]));
            context.Progress.Note(lines[^1]);
        }
        File.WriteAllLines(Path.Combine(context.Output, "weights.txt"), lines);
        File.WriteAllText(Path.Combine(context.Output, "history.json"), """{"epochs": []}""");
    }

    private static void Log(string line)
    {
        if (Environment.GetEnvironmentVariable("RACE_LOG") is not { } path) return;
        // Whole from the moment it has its name: who waits for it reads at once.
        var file = Path.Combine(path, Guid.NewGuid().ToString("n"));
        File.WriteAllText(file, line);
        File.Move(file, $"{file}.txt");
    }
}
