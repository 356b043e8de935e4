using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Functions;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"minimize": the way from the start to where the steps end.</summary>
internal sealed class MinimizeStage(FunctionOptions function) : IStage
{
    public const string StageName = "minimize";
    public const string PathFile = "path.json";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [FunctionStage.StageName];

    public object Options { get; } = new MinimizeStageOptions(function.Start, function.Steps, function.Optimizer, function.Schedule);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(PathFile, PathFile), new(RunMetrics.FileName, RunMetrics.FileName)];

    public void Run(StageContext context)
    {
        using var differentiable = new DifferentiableFunction(Model.Load(Path.Combine(context.Input(FunctionStage.StageName), FunctionStage.FileName)));
        var path = FunctionMinimizer.Minimize(differentiable, function, context.Cancellation);
        var end = path.Points[^1];
        var point = path.Variables.Zip(end.At).ToDictionary(v => v.First, v => v.Second);
        File.WriteAllText(Path.Combine(context.Output, PathFile), JsonSerializer.Serialize(path, StageJson.Default.FunctionPath));
        File.WriteAllText(Path.Combine(context.Output, RunMetrics.FileName), JsonSerializer.Serialize(new FunctionMetrics(end.Value, end.GradientNorm, function.Steps, point), StageJson.Default.FunctionMetrics));
        context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"after {function.Steps} steps {end.Value:G6} at {string.Join(", ", point.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} = {p.Value:G6}")))}; norm of the gradient {end.GradientNorm:G3}"));
    }

    private sealed record MinimizeStageOptions(IReadOnlyDictionary<string, double> Start, int Steps, OptimizerOptions Optimizer, ScheduleOptions Schedule);
}

/// <summary>metrics.json of a function: what is known of the last point.</summary>
internal sealed record FunctionMetrics(double Value, double GradientNorm, int Steps, IReadOnlyDictionary<string, float> Point);
