using System.Text.Json.Serialization;
using OnnxPipeline.Compression;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Stages;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainingHistory))]
[JsonSerializable(typeof(TrainingTimes))]
[JsonSerializable(typeof(ExportTimes))]
[JsonSerializable(typeof(RunEvaluation))]
[JsonSerializable(typeof(QuantizeStageReport))]
[JsonSerializable(typeof(VariantTimes))]
[JsonSerializable(typeof(FunctionPath))]
[JsonSerializable(typeof(FunctionMetrics))]
[JsonSerializable(typeof(DistillReport))]
internal sealed partial class StageJson : JsonSerializerContext;

/// <summary>Reports of verification say what they do not have: a null is part of them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(VariantsReport))]
internal sealed partial class VariantsJson : JsonSerializerContext;
