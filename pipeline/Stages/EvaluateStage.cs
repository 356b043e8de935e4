using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Inference;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"evaluate": the exported model measured on the test part, through the library that applications use.</summary>
internal sealed class EvaluateStage(EvaluateOptions evaluate) : IStage
{
    public const string StageName = "evaluate";

    /// <summary>The probabilities that the figures were counted from, float [samples, classes] in the dataset's order; little-endian, one file a part.</summary>
    public static string PredictionsFile(string part) => $"predictions.{part}.f32";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ExportStage.StageName];

    public object Options => evaluate;

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(RunMetrics.FileName, RunMetrics.FileName)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        using var predictor = Predictor.Open(Path.Combine(context.Input(ExportStage.StageName), ExportStage.ModelFile));
        ClassificationMetrics? Measure(DatasetSplit split)
        {
            if (split.Count == 0) return null;
            var evaluated = ModelEvaluator.Evaluate(predictor, dataset, split, evaluate.BatchSize,
                done => context.Progress.Advance(new ProgressFacts(done, split.Count, "samples", split.Name)), context.Cancellation);
            using var file = File.Create(Path.Combine(context.Output, PredictionsFile(split.Name)));
            file.Write(MemoryMarshal.AsBytes<float>(evaluated.Probabilities));
            return evaluated.Metrics;
        }

        var metrics = new RunEvaluation(Measure(dataset.Test), Measure(dataset.Validation));
        File.WriteAllText(Path.Combine(context.Output, RunMetrics.FileName), JsonSerializer.Serialize(metrics, StageJson.Default.RunEvaluation));
        if (metrics.Test is { } test) context.Progress.Note($"test accuracy {100 * test.Accuracy:0.00} % on {test.Samples} samples");
    }
}

/// <summary>metrics.json: each part that has samples.</summary>
internal sealed record RunEvaluation(ClassificationMetrics? Test, ClassificationMetrics? Validation);
