using System.CommandLine;
using System.Globalization;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>"scaling": how what surrounds the work grows with images, trials and the store. What grows linearly has the same time an item in each of its rows.</summary>
internal static class ScalingCommand
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<Growth>> Parts = new Dictionary<string, IReadOnlyList<Growth>>
    {
        ["images"] = ImageGrowth.All,
        ["trials"] = SweepGrowth.All,
        ["store"] = StoreGrowth.All,
    };

    public static Command Create()
    {
        var only = new Option<string[]>("--part") { Description = $"Which parts to measure: {string.Join(", ", Parts.Keys)}. All when not given.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. Parts.Keys]);
        var command = new Command("scaling", "Measures how the cost of what surrounds the work grows with images, trials and the store, on generated things in a temporary folder.") { only };
        command.SetAction(arguments =>
        {
            var chosen = arguments.GetValue(only) is { Length: > 0 } some ? some : [.. Parts.Keys];
            Console.WriteLine("| what | among | seconds | µs each |");
            Console.WriteLine("| --- | ---: | ---: | ---: |");
            foreach (var growth in chosen.SelectMany(part => Parts[part]))
            {
                foreach (var (size, seconds) in growth.Measure())
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {growth.Name} | {size:N0} | {seconds:0.000} | {seconds * 1e6 / growth.Operations(size):0.0} |"));
            }
        });
        return command;
    }
}
