namespace OnnxPipeline.Export;

/// <summary>What a model consists of.</summary>
public sealed record InspectReport
{
    public required string Graph { get; init; }

    public required string Producer { get; init; }

    public required string Description { get; init; }

    public required long IrVersion { get; init; }

    /// <summary>Operator-set versions by domain; the standard one is "ai.onnx".</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>For example "image: UInt8[batch,1,28,28]".</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    public required IReadOnlyList<string> Outputs { get; init; }

    public required int Nodes { get; init; }

    /// <summary>Nodes by operator, most of all first; operators of other domains with their domain.</summary>
    public required IReadOnlyList<OperatorCount> Operators { get; init; }

    /// <summary>Elements of all trainable initializers; null where the graph contradicts itself.</summary>
    public required long? Parameters { get; init; }

    /// <summary>Multiplications with an addition, for a batch of one; null where the graph contradicts itself.</summary>
    public required long? MultiplyAdds { get; init; }

    /// <summary>Constant tensors by element type.</summary>
    public required IReadOnlyList<WeightTypeCount> Weights { get; init; }

    /// <summary>Bytes of all constant tensors.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>The share of zeros in weights of two and more axes, from 0 to 1; null where there are none.</summary>
    public required double? Sparsity { get; init; }

    /// <summary>Weights of two and more axes at least half of which is zeros, with that share.</summary>
    public required IReadOnlyList<SparseWeight> SparseWeights { get; init; }

    /// <summary>Each kind of quantisation found; empty for a model of plain floats.</summary>
    public required IReadOnlyList<string> Quantization { get; init; }

    /// <summary>The classes, where the model is one that this tool exported.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The model's own metadata (metadata_props).</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Files beside the model that hold weights, as it names them.</summary>
    public required IReadOnlyList<string> ExternalFiles { get; init; }

    /// <summary>What is wrong with the graph; empty for a sound one.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>Nodes of one operator.</summary>
public sealed record OperatorCount(string Operator, int Count);

/// <summary>Constant tensors of one element type.</summary>
public sealed record WeightTypeCount(string Type, int Tensors, long Elements, long Bytes);

/// <summary>A weight and its share of zeros, from 0 to 1.</summary>
public sealed record SparseWeight(string Name, double Zeros);
