using System.CommandLine;
using OnnxPipeline.Benchmarks;
using OnnxPipeline.Benchmarks.Load;
using OnnxPipeline.Benchmarks.Memory;
using OnnxPipeline.Benchmarks.Scaling;
using OnnxPipeline.Benchmarks.Soak;

var names = BenchmarkList.All.Select(b => b.Name).ToArray();
var only = new Option<string[]>("--only") { Description = $"Which benchmarks to run: {string.Join(", ", names)}. All when not given.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong(names);
var rounds = new Option<int>("--rounds") { Description = "Rounds; each side runs once a round.", DefaultValueFactory = _ => 15 };
rounds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1) result.AddError("--rounds: expected a whole number from 1.");
});
var folder = new Option<string>("--out") { Description = "Folder for the JSON file.", DefaultValueFactory = _ => "benchmarks/results" };

var command = new RootCommand("Measures training side by side with PyTorch, models side by side, and the server beside a Node server, in one run on the same cores.") { only, rounds, folder };
command.Add(LoadCommand.Create());
command.Add(SoakCommand.Create());
command.Add(StepCommand.Create());
command.Add(MemoryCommand.Create());
command.Add(ScalingCommand.Create());
command.SetAction(arguments =>
{
    var chosen = arguments.GetValue(only) is { Length: > 0 } some ? BenchmarkList.All.Where(b => some.Contains(b.Name)) : BenchmarkList.All;
    var count = arguments.GetValue(rounds);
    var comparisons = chosen.Select(benchmark => BenchmarkRunner.Run(benchmark, count, Console.Error.WriteLine)).ToArray();
    ResultWriter.WriteTable(comparisons, count, Console.Out);
    Console.Error.WriteLine($"Written to {ResultWriter.WriteJson(comparisons, count, arguments.GetValue(folder)!, TimeProvider.System.GetUtcNow())}");
});
var parsed = command.Parse(args);
var exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : exitCode;
