using System.Text.Json;

namespace OnnxPipeline.Inference.Server.Tests.OpenApi;

/// <summary>Checks JSON against the schemas of an OpenAPI document, as far as this server's use the language.</summary>
internal sealed class JsonSchema(JsonElement document)
{
    /// <summary>What is wrong; empty where nothing is.</summary>
    public IReadOnlyList<string> Check(JsonElement value, JsonElement schema, string at = "$")
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var matching = choices.EnumerateArray().Count(choice => Check(value, choice, at).Count == 0);
            return matching == 1 ? [] : [$"{at} fits {matching} of the schemas that it must fit one of"];
        }
        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && TypesOf(type).Contains("number"))) return [$"{at} is {TypeOf(value)}, not {type.GetRawText()}"];
        if (schema.TryGetProperty("enum", out var words) && words.EnumerateArray().All(word => word.GetRawText() != value.GetRawText())) return [$"{at} is {value.GetRawText()}, which is none of the words"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(value, schema, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => [.. value.EnumerateArray().SelectMany((item, i) => Check(item, items, $"{at}[{i}]"))],
            _ => [],
        };
    }

    public JsonElement Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference)) return schema;
        var found = document;
        foreach (var step in reference.GetString()!.Split('/').Skip(1)) found = found.GetProperty(step);
        return Resolve(found);
    }

    private List<string> CheckObject(JsonElement value, JsonElement schema, string at)
    {
        var wrong = new List<string>();
        if (schema.TryGetProperty("required", out var required)) wrong.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{at} has no {name}"));
        foreach (var property in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out var own)) wrong.AddRange(Check(property.Value, own, $"{at}.{property.Name}"));
            else if (schema.TryGetProperty("additionalProperties", out var other) && other.ValueKind == JsonValueKind.Object) wrong.AddRange(Check(property.Value, other, $"{at}.{property.Name}"));
            else wrong.Add($"{at}.{property.Name} is not in the schema");
        }
        return wrong;
    }

    private static IReadOnlyList<string> TypesOf(JsonElement type) => type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
