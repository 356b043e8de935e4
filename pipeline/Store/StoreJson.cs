using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ArtifactManifest))]
[JsonSerializable(typeof(VerificationRecord))]
internal sealed partial class StoreJson : JsonSerializerContext;
