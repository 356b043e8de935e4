using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Reports.Sections;

namespace OnnxPipeline.Pipeline.Reports;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<LearningRateTrial>))]
internal sealed partial class ReportJson : JsonSerializerContext;
