using System.Text.Json.Serialization;

namespace OnnxPipeline.Export.SecondRuntime;

/// <summary>What run.mjs is asked to do.</summary>
/// <param name="Runtime">The folder of onnxruntime-web.</param>
/// <param name="Model">The model file.</param>
/// <param name="Output">The output wanted, float [batch, width].</param>
/// <param name="Count">Samples.</param>
/// <param name="Batch">Samples a run.</param>
/// <param name="Result">Where the output's values go: float, little-endian, sample after sample.</param>
/// <param name="Inputs">The model's inputs.</param>
internal sealed record WebRequest(string Runtime, string Model, string Output, int Count, int Batch, string Result, IReadOnlyList<WebInput> Inputs);

/// <param name="Name">The input's.</param>
/// <param name="Type">"uint8", "float32" or "string".</param>
/// <param name="Shape">Of one sample.</param>
/// <param name="File">The values of all samples: little-endian, or a JSON array of strings.</param>
internal sealed record WebInput(string Name, string Type, IReadOnlyList<long> Shape, string File);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebRequest))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class WebRequestJson : JsonSerializerContext;
