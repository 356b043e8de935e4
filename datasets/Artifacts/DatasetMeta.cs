using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>A dataset artifact's meta.json.</summary>
internal sealed record DatasetMeta
{
    public const string FileName = "meta.json";

    /// <summary>The one layout there is; a change that older code cannot read counts it up.</summary>
    public const int CurrentFormat = 2;

    public required int Format { get; init; }

    public required string Name { get; init; }

    public required string Source { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    public required IReadOnlyList<string> Labels { get; init; }

    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    public TableFormat? TableFormat { get; init; }

    public RegressionTarget? Target { get; init; }

    public required IReadOnlyList<float> Mean { get; init; }

    public required IReadOnlyList<float> Std { get; init; }

    public required SplitMeta Train { get; init; }

    public required SplitMeta Validation { get; init; }

    public required SplitMeta Test { get; init; }
}

internal sealed record SplitMeta
{
    public required int Count { get; init; }

    public required IReadOnlyList<TensorMeta> Features { get; init; }

    public required TensorMeta Label { get; init; }
}

internal sealed record TensorMeta
{
    public required string Name { get; init; }

    public required DataKind Kind { get; init; }

    public required IReadOnlyList<long> ItemShape { get; init; }

    public required string File { get; init; }

    public required string Sha256 { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DatasetMeta))]
internal sealed partial class DatasetMetaJson : JsonSerializerContext;
