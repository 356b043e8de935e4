using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ArtifactManifest))]
[JsonSerializable(typeof(VerificationRecord))]
[JsonSerializable(typeof(ClaimRecord))]
internal sealed partial class StoreJson : JsonSerializerContext;
