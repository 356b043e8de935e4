using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>The JSON Schema (draft 2020-12) of recipes, from the records, unions and rules that reading them uses, for editors.</summary>
internal sealed class RecipeSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly DocComments _comments = new();

    private RecipeSchema()
    {
    }

    /// <summary>The schema as indented JSON that ends with a line feed.</summary>
    public static string Generate()
    {
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "Pipeline recipe" };
        foreach (var (key, value) in new RecipeSchema().OfRecord(typeof(Recipe), null).ToArray()) root[key] = value?.DeepClone();
        return root.ToJsonString(Layout) + "\n";
    }

    private JsonObject OfRecord(Type type, string? caseName)
    {
        var shape = RecordShape.Of(type);
        var defaults = RecordShape.Default(type);
        var properties = new JsonObject();
        var required = new JsonArray();
        if (caseName is not null)
        {
            properties[Union.Key] = new JsonObject { ["const"] = caseName };
            required.Add(Union.Key);
        }
        foreach (var option in shape.Options)
        {
            properties[option.Key] = OfOption(type, option, option.Property.GetValue(defaults));
            if (option.Required) required.Add(option.Key);
        }
        var schema = new JsonObject { ["type"] = "object" };
        if (_comments.Summary(type) is { } summary) schema["description"] = summary;
        schema["properties"] = properties;
        if (required.Count > 0) schema["required"] = required;
        schema["additionalProperties"] = false;
        return schema;
    }

    private JsonObject OfOption(Type record, Option option, object? defaultValue)
    {
        var schema = OfType(option.Type);
        if (RecipeRules.Of(record, option.Key) is { } rule) rule.Describe(schema);
        if (option.Nullable) schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        if (_comments.Summary(option.Property) is { } summary) schema["description"] = summary;
        if (!option.Required) schema["default"] = JsonNode.Parse(CanonicalJson.Of(defaultValue));
        return schema;
    }

    private JsonObject OfType(Type type)
    {
        if (Unions.Of(type) is { } union) return new JsonObject { ["oneOf"] = new JsonArray([.. union.Cases.Select(c => OfRecord(c.Type, c.Name))]) };
        if (RecordShape.ElementOf(type) is { } element) return new JsonObject { ["type"] = "array", ["items"] = OfType(element) };
        if (type.IsEnum) return new JsonObject { ["enum"] = new JsonArray([.. Names.EnumValues(type).Select(v => JsonValue.Create(v))]) };
        if (RecordShape.IsRecord(type)) return OfRecord(type, null);
        return new JsonObject
        {
            ["type"] = type == typeof(string) ? "string" : type == typeof(bool) ? "boolean" : type == typeof(double) ? "number" : "integer",
        };
    }
}
