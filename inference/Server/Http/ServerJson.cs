using System.Text.Json.Serialization;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Http;

internal sealed record ErrorResponse(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(LiveResponse))]
[JsonSerializable(typeof(ReadyResponse))]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(IReadOnlyList<IndexEntry>))]
[JsonSerializable(typeof(ModelConfig))]
[JsonSerializable(typeof(StatisticsResponse))]
[JsonSerializable(typeof(PredictResponse))]
[JsonSerializable(typeof(RowsResponse))]
[JsonSerializable(typeof(InputResponse))]
[JsonSerializable(typeof(CardResponse))]
internal sealed partial class ServerJson : JsonSerializerContext;
