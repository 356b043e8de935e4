namespace OnnxPipeline.Inference.Server.Protocol;

internal sealed record LiveResponse(bool Live);

/// <summary>Name is that of the model, where one is asked for.</summary>
internal sealed record ReadyResponse(string? Name, bool Ready);

internal sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<int> Shape);

internal sealed record ModelMetadata(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);

/// <summary>The answer to an image; probabilities by label, in class order.</summary>
internal sealed record PredictResponse(string Model, string Label, float Probability, OrderedDictionary<string, float> Probabilities);
