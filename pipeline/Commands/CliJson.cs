using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Pipeline.Diagnosis;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>A line of "status --json".</summary>
internal sealed record StatusLine(string Stage, string? Key, string? Hash, bool Cached, StageReason Reason);

/// <summary>"diff --json".</summary>
internal sealed record RunDifference(string From, string To, IReadOnlyList<OptionDifference> Options, IReadOnlyList<MetricDifference> Metrics);

/// <summary>A metric of two runs; null where a run lacks it.</summary>
internal sealed record MetricDifference(string Name, double? Old, double? New);

/// <summary>A line of "cache ls --json".</summary>
internal sealed record CacheLine(string Key, string Stage, string Hash, long Bytes, DateTimeOffset Created, DateTimeOffset LastUsed);

/// <summary>A line of "cache verify --json"; damage is null for an intact artifact.</summary>
internal sealed record VerifyLine(string Key, string? Stage, string? Damage);

/// <summary>A line of "models list --json".</summary>
internal sealed record ModelLine(string Name, string Description, IReadOnlyDictionary<string, JsonElement> Options);

/// <summary>"models show --json"; shapes are texts such as "[batch,10]", null where not even the rank is known.</summary>
internal sealed record ModelDescription(string Name, string Input, string Output, IReadOnlyList<LayerLine> Layers, long Parameters, long MultiplyAdds, long WeightBytes)
{
    public static ModelDescription Of(Model model, ModelSummary summary) => new(
        model.Graph.Name,
        Values(model.Graph.Inputs),
        Values(model.Graph.Outputs),
        [.. summary.Rows.Select(r => new LayerLine(r.Name, r.OpType, r.Output.Shape?.ToString(), r.Parameters, r.MultiplyAdds))],
        summary.Parameters,
        summary.MultiplyAdds,
        summary.WeightBytes);

    /// <summary>For example "image: UInt8[batch,1,28,28]".</summary>
    public static string Values(IEnumerable<Value> values) => string.Join(", ", values);
}

/// <summary>A layer of "models show --json"; multiply-adds are for a batch of one.</summary>
internal sealed record LayerLine(string Name, string Operator, string? Output, long Parameters, long MultiplyAdds);

/// <summary>"evaluate --json".</summary>
internal sealed record EvaluationResult(string Model, string Dataset, string Split, SplitMetrics Metrics);

/// <summary>"data --json" of a dataset that is no user's table; samples and classes are counted by part: train, validation, test.</summary>
internal sealed record DatasetDescription(string Name, string Source, IReadOnlyList<string> Notes, IReadOnlyList<int> Samples, IReadOnlyList<string> Features, IReadOnlyList<ClassLine> Classes, RegressionTarget? Target, IReadOnlyList<TableColumn> Columns);

/// <summary>A class of "data --json", with its samples in each part.</summary>
internal sealed record ClassLine(string Name, IReadOnlyList<int> Samples);

/// <summary>A line of "sweep --dry-run --json".</summary>
internal sealed record PlannedTrialLine(int Number, IReadOnlyDictionary<string, string> Values, ulong Seed);

/// <summary>A line of "jobs --json": tasks in all, those that ended, and those in the queue.</summary>
internal sealed record JobLine(string Job, string Kind, string State, int Tasks, int Done, int Failed, int Running, int Waiting, IReadOnlyList<string> Slurm);

/// <summary>"inspect --json"; bytes are those of the file and of those beside it that hold weights.</summary>
internal sealed record Inspection(string Model, long Bytes, InspectReport Report, Trainability? Training);

/// <summary>"compare --json".</summary>
internal sealed record ModelComparison(string First, string Second, bool Same, CompareReport Report);

/// <summary>"optimize --json"; the output is null when nothing was written.</summary>
internal sealed record Optimization(string Model, string? Output, ModelSize Before, ModelSize? After, OptimizeReport Report);

/// <summary>"quantize --json"; answers are compared where the right ones are known, and times where there is something to run.</summary>
internal sealed record Quantization(string Model, string Output, ModelSize Before, ModelSize After, QuantizeReport Report, ModelDifference Difference, LatencyReport? Latency)
{
    /// <summary>Whether the accuracy lost is within the limit; true without one.</summary>
    public bool Met => Report.Budget?.Met ?? true;
}

/// <summary>"adapter show --json"; the base is told by its number.</summary>
internal sealed record AdapterDescription(string Adapter, long Bytes, int Base, IReadOnlyList<AdapterTensorLine> Tensors);

/// <summary>A tensor of an adapter.</summary>
internal sealed record AdapterTensorLine(string Name, IReadOnlyList<long> Shape);

/// <summary>"export --on-device --json".</summary>
/// <param name="Model">What it was made of.</param>
/// <param name="Output">The folder or the archive.</param>
/// <param name="Id">The bundle's own name: its states are taken up by no other.</param>
/// <param name="Classes">Class names.</param>
/// <param name="SpareClasses">Classes to be added.</param>
/// <param name="Trained">Numbers that a device trains.</param>
/// <param name="Weights">Names of the tensors that they are in.</param>
/// <param name="Bytes">Sizes of the files, by name.</param>
internal sealed record OnDeviceExport(string Model, string Output, string Id, IReadOnlyList<string> Classes, int SpareClasses, long Trained, IReadOnlyList<string> Weights, IReadOnlyDictionary<string, long> Bytes);

/// <summary>"prune --json".</summary>
internal sealed record Pruning(string Model, string Output, ModelSize Before, ModelSize After, OneShotPruneReport Report, ModelDifference Difference);

/// <summary>How far the answers of a model are from those of the one it was made from.</summary>
/// <param name="Data">What both were run on.</param>
/// <param name="Outputs">Output by output.</param>
/// <param name="Answers">Against the right answers; null where they are not known.</param>
internal sealed record ModelDifference(string Data, IReadOnlyList<OutputDifference> Outputs, AnswerComparison? Answers);

/// <summary>The size of a model: bytes on disk, nodes of its graph.</summary>
internal sealed record ModelSize(long Bytes, int Nodes);

/// <summary>"doctor --json".</summary>
internal sealed record DoctorReport(bool Ready, IReadOnlyList<Check> Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<StatusLine>))]
[JsonSerializable(typeof(IReadOnlyList<RunRecord>))]
[JsonSerializable(typeof(RunDifference))]
[JsonSerializable(typeof(IReadOnlyList<CacheLine>))]
[JsonSerializable(typeof(IReadOnlyList<VerifyLine>))]
[JsonSerializable(typeof(IReadOnlyList<ModelLine>))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(TableSummary))]
[JsonSerializable(typeof(DatasetDescription))]
[JsonSerializable(typeof(AdapterDescription))]
[JsonSerializable(typeof(Inspection))]
[JsonSerializable(typeof(ModelComparison))]
[JsonSerializable(typeof(Optimization))]
[JsonSerializable(typeof(Quantization))]
[JsonSerializable(typeof(Pruning))]
[JsonSerializable(typeof(OnDeviceExport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(IReadOnlyList<PlannedTrialLine>))]
[JsonSerializable(typeof(IReadOnlyList<JobLine>))]
internal sealed partial class CliJson : JsonSerializerContext;
