using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"model": a fresh ONNX model that fits the data, normalisation included.</summary>
internal sealed class ModelStage(ModelOptions model, LossOptions? loss, ulong seed, long opset) : IStage
{
    public const string StageName = "model";
    public const string FileName = "model.onnx";

    /// <summary>Training images shown to a model whose first weights depend on them, as many as in Jordan 2024.</summary>
    private const int Samples = 5000;

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName];

    public object Options { get; } = new ModelStageOptions(model, loss is BinaryCrossEntropyOptions, seed, opset);

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var built = Build(dataset, model, loss, seed, opset);
        built.Save(Path.Combine(context.Output, FileName));
        var summary = ModelSummary.Of(built);
        context.Progress.Note($"{built.Graph.Name}: {summary.Parameters:N0} parameters, {summary.MultiplyAdds:N0} multiply-adds a sample");
    }

    /// <summary>A model for a dataset, its weights drawn by the seed.</summary>
    public static Model Build(Dataset dataset, ModelOptions model, LossOptions? loss, ulong seed, long opset)
    {
        var entry = ModelRegistry.Of(model);
        var input = DatasetModel.InputOf(dataset, entry.UsesSamples ? Samples : 0, entry.QuantileBins(model));
        return ModelRegistry.Build(model, input, DatasetModel.OutputOf(dataset, loss), seed, opset);
    }

    private sealed record ModelStageOptions(ModelOptions Model, bool OneLogit, ulong Seed, long Opset);
}
