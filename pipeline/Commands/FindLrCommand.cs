using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Diagnostics;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"find-lr": a learning-rate range test of a recipe's model on its data.</summary>
internal static class FindLrCommand
{
    private const string FolderName = "find-lr";
    private const int TableRows = 15;
    private const string Bars = "▁▂▃▄▅▆▇█";

    public static Command Create(CliServices services)
    {
        var defaults = new LearningRateFinderOptions();
        var min = new Option<double>("--min") { Description = "The learning rate of the first step.", HelpName = "RATE", DefaultValueFactory = _ => defaults.MinRate };
        var max = new Option<double>("--max") { Description = "The learning rate of the last step.", HelpName = "RATE", DefaultValueFactory = _ => defaults.MaxRate };
        var steps = new Option<int>("--steps") { Description = "Steps between them.", HelpName = "N", DefaultValueFactory = _ => defaults.Steps };
        var json = new Option<bool>("--json") { Description = "Print the curve as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("find-lr", "Raise the learning rate from step to step on fresh weights, and suggest one by the loss.") { min, max, steps, json, artifacts };
        var arguments = RecipeArguments.AddTo(command, recipeRequired: true, untilAny: false);
        command.SetAction((line, cancellation) =>
        {
            var finder = defaults with { MinRate = line.GetValue(min), MaxRate = line.GetValue(max), Steps = line.GetValue(steps) };
            if (finder.Validate() is { Count: > 0 } faults) throw new UsageException(string.Join(" ", faults));
            return Task.FromResult(Run(arguments.Read(line, services), finder, ArtifactsOption.Read(line, artifacts, services), line.GetValue(json), services, cancellation));
        });
        return command;
    }

    private static int Run(RunRequest recipe, LearningRateFinderOptions finder, string artifacts, bool json, CliServices services, CancellationToken cancellation)
    {
        recipe.Recipe.MustTrain("find-lr");
        var stage = new FindLrStage(finder, recipe.Recipe.Train, recipe.Recipe.Augment, recipe.Recipe.Seed);
        var request = recipe with { Stages = [.. recipe.Stages, stage], Until = stage.Name, Aside = stage.Name };
        var run = RunView.Watch(services, observer => new Orchestrator(artifacts, observer, services.Time).Run(request, cancellation));
        var made = new RunFiles(artifacts).Find(run, stage.Name, FindLrStage.FileName) ?? throw new InvalidOperationException($"The stage '{stage.Name}' left no {FindLrStage.FileName}.");
        var shown = Path.Combine(artifacts, FolderName, run.Recipe, FindLrStage.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(shown)!);
        File.Copy(made, shown, overwrite: true);

        var text = File.ReadAllText(made);
        var points = JsonSerializer.Deserialize(text, FindLrJson.Default.IReadOnlyListLearningRatePoint)!;
        var curve = new LearningRateCurve(points, Diverged: points.Count < finder.Steps);
        var page = Path.Combine(Path.GetDirectoryName(shown)!, RunReport.FileName);
        LearningRateReport.Write(run.Recipe, curve, page);
        if (json)
        {
            services.Out.Write(text);
            return Cli.Done;
        }
        Print(curve, finder, services.Out);
        services.Out.WriteLine($"the whole curve: {shown}, {page}");
        return Cli.Done;
    }

    private static void Print(LearningRateCurve curve, LearningRateFinderOptions finder, TextWriter output)
    {
        var table = new TextTable("LEARNING RATE", "LOSS", "SMOOTHED") { NumbersFrom = 0 };
        var every = Math.Max(1, (curve.Points.Count + TableRows - 1) / TableRows);
        foreach (var point in curve.Points.Where((_, i) => i % every == 0)) table.Add(LearningRateReport.Rate(point.LearningRate), Loss(point.Loss), Loss(point.SmoothedLoss));
        output.Write(table);
        output.WriteLine(Sparkline([.. curve.Points.Select(p => p.SmoothedLoss)]));
        output.WriteLine(curve.Diverged ? $"the loss diverged after {curve.Points.Count} of {finder.Steps} steps" : $"the loss stood all rates up to {LearningRateReport.Rate(finder.MaxRate)}; a higher --max may show more");
        if (curve.SteepestDescent is { } steepest) output.WriteLine($"falls fastest at {LearningRateReport.Rate(steepest)}");
        if (curve.MinimumTenth is { } tenth) output.WriteLine($"a tenth of where it is lowest: {LearningRateReport.Rate(tenth)}");
        output.WriteLine(curve.SteepestDescent is { } fastest && curve.MinimumTenth is { } low
            ? $"a good one to begin with is the smaller of the two: --set train.optimizer.learningRate={LearningRateReport.Rate(Math.Min(fastest, low))}"
            : "the loss never fell, so no rate is suggested; try more --steps or a higher --max");
    }

    private static string Sparkline(IReadOnlyList<double> values)
    {
        if (values.Count == 0) return "";
        var (low, high) = (values.Min(), values.Max());
        return string.Concat(values.Select(v => Bars[high > low ? (int)((v - low) / (high - low) * (Bars.Length - 1)) : 0]));
    }

    private static string Loss(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);
}
