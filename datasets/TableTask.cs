using System.Text.Json.Serialization;

namespace OnnxPipeline.Datasets;

/// <summary>What a table's target is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TableTask>))]
public enum TableTask
{
    /// <summary>Its values are names of classes.</summary>
    Classification,

    /// <summary>Its values are numbers.</summary>
    Regression,
}
