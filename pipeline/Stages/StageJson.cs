using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Stages;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainingHistory))]
[JsonSerializable(typeof(TrainingTimes))]
[JsonSerializable(typeof(RunEvaluation))]
internal sealed partial class StageJson : JsonSerializerContext;
