using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"model": an ONNX model that fits the data, normalisation included: fresh, or from a file.</summary>
internal sealed class ModelStage(ModelOptions model, LossOptions? loss, ulong seed, long opset) : IStage
{
    public const string StageName = "model";
    public const string FileName = "model.onnx";

    /// <summary>Training images shown to a model whose first weights depend on them, as many as in Jordan 2024.</summary>
    private const int Samples = 5000;

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName];

    public object Options { get; } = new ModelStageOptions(Deciding(model), loss is BinaryCrossEntropyOptions, seed, opset);

    /// <summary>The options that decide the result: of a file the content, not the place.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static ModelOptions Deciding(ModelOptions model) => model is not OnnxModelOptions file ? model
        : File.Exists(file.Path) ? file with { Path = ContentOf(file.Path) }
        : throw new UsageException($"There is no model file '{file.Path}'. A relative path in a recipe starts from the recipe's folder.");

    /// <summary>A hash of a model's file, and of those beside it that have its weights.</summary>
    public static string ContentOf(string path) => string.Join('+', Model.Load(path).ExternalFiles.Select(name => FileHasher.Hash(Path.Combine(Path.GetDirectoryName(path)!, name))).Prepend(FileHasher.Hash(path)));

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var built = Build(dataset, model, loss, seed, opset);
        if (model is OnnxModelOptions file) CheckTrainable(built, file);
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

    private static void CheckTrainable(Model model, OnnxModelOptions file)
    {
        if (Trainability.Of(model) is { IsTrainable: false, Obstacles: var obstacles })
            throw new TrainingException($"{file.Path} cannot be trained:{string.Concat(obstacles.Select(o => $"{Environment.NewLine}  - {o}"))}");
    }

    private sealed record ModelStageOptions(ModelOptions Model, bool OneLogit, ulong Seed, long Opset);
}
