using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>What a report tells of a run: its recipe, and what its stages made, read as it is asked for.</summary>
internal sealed class ReportedRun : IDisposable
{
    /// <summary>The stages that a recipe may have between training and export, in their order; each leaves a model in place of the one before.</summary>
    public static readonly IReadOnlyList<string> BetweenStages = [DistillStage.StageName, PruneStage.StageName, QuantizationAwareStage.StageName];

    private readonly IReadOnlyDictionary<string, string> _folders;

    /// <param name="recipe">The recipe's name.</param>
    /// <param name="options">The whole recipe in canonical form.</param>
    /// <param name="folders">The artifacts' folders by stage: data, model, train, export and evaluate, and those between that there are.</param>
    public ReportedRun(string recipe, JsonElement options, IReadOnlyDictionary<string, string> folders)
    {
        _folders = folders;
        Recipe = recipe;
        Options = options;
        Dataset = Dataset.Open(folders[DataStage.StageName]);
        History = Read(TrainStage.StageName, TrainStage.HistoryFile, StageJson.Default.TrainingHistory)!;
        Times = Read(TrainStage.StageName, ArtifactManifest.MeasuredFileName, StageJson.Default.TrainingTimes);
        ExportTimes = Read(ExportStage.StageName, ArtifactManifest.MeasuredFileName, StageJson.Default.ExportTimes);
        Variants = Read(VariantsStage.StageName, VariantsStage.ReportFile, VariantsJson.Default.VariantsReport);
        VariantTimes = Read(VariantsStage.StageName, ArtifactManifest.MeasuredFileName, StageJson.Default.VariantTimes);
        Verification = VerifyReport.FromJson(File.ReadAllText(PathOf(ExportStage.StageName, ExportStage.VerifyFile)));
        Evaluation = Read(EvaluateStage.StageName, RunMetrics.FileName, StageJson.Default.RunEvaluation)!;
        Initial = Model.Load(PathOf(ModelStage.StageName, ModelStage.FileName));
        Trained = Model.Load(PathOf(BetweenStages.LastOrDefault(folders.ContainsKey) ?? TrainStage.StageName, TrainStage.ModelFile));
        Deployed = DeployMetadata.FromEntries(Model.Load(PathOf(ExportStage.StageName, ExportStage.ModelFile)).Metadata)!;
        if (folders.ContainsKey(PruneStage.StageName)) Pruning = PruneReport.FromJson(File.ReadAllText(PathOf(PruneStage.StageName, PruneStage.ReportFile)));
        Manifests = new SortedDictionary<string, ArtifactManifest>(folders.ToDictionary(f => f.Key, f => Read(f.Key, ArtifactManifest.FileName, StoreJson.Default.ArtifactManifest)!), StringComparer.Ordinal);
    }

    public string Recipe { get; }

    /// <summary>What was pruned; null where nothing was.</summary>
    public PruneReport? Pruning { get; }

    public JsonElement Options { get; }

    public Dataset Dataset { get; }

    public TrainingHistory History { get; }

    /// <summary>How long training took; null where nothing was measured.</summary>
    public TrainingTimes? Times { get; }

    /// <summary>How long the exported model takes; null where nothing was measured.</summary>
    public ExportTimes? ExportTimes { get; }

    /// <summary>Every form of the model; null where there is one only.</summary>
    public VariantsReport? Variants { get; }

    /// <summary>How long the forms take; null where nothing was measured.</summary>
    public VariantTimes? VariantTimes { get; }

    /// <summary>How the exported model was verified.</summary>
    public VerifyReport Verification { get; }

    public RunEvaluation Evaluation { get; }

    /// <summary>Before training.</summary>
    public Model Initial { get; }

    /// <summary>After training and what came between it and export; its inputs are the dataset's features.</summary>
    public Model Trained { get; }

    /// <summary>What the exported model says of itself.</summary>
    public DeployMetadata Deployed { get; }

    /// <summary>The artifacts' records, by stage.</summary>
    public IReadOnlyDictionary<string, ArtifactManifest> Manifests { get; }

    /// <summary>The part that the figures are told of: test, or validation where there is no other; null without either, and for a regression.</summary>
    public (DatasetSplit Split, ClassificationMetrics Metrics)? Measured =>
        Evaluation.Test is ClassificationMetrics test ? (Dataset.Test, test) : Evaluation.Validation is ClassificationMetrics validation ? (Dataset.Validation, validation) : null;

    /// <summary>Whether the run has a stage that not every run has.</summary>
    public bool Has(string stage) => _folders.ContainsKey(stage);

    /// <summary>A file of a stage's artifact.</summary>
    public string PathOf(string stage, string file) => Path.Combine(_folders[stage], file);

    /// <summary>Probabilities of a part's samples, [samples, classes].</summary>
    public float[] Probabilities(DatasetSplit split) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(PathOf(EvaluateStage.StageName, EvaluateStage.PredictionsFile(split.Name)))).ToArray();

    public void Dispose() => Dataset.Dispose();

    /// <summary>A file of a stage, if it is there.</summary>
    public T? Read<T>(string stage, string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        if (!_folders.ContainsKey(stage)) return null;
        var path = PathOf(stage, file);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
    }
}
