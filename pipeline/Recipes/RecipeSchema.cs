using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>The JSON Schema (draft 2020-12) of recipes, from the records, unions and rules that reading them uses, for editors.</summary>
internal sealed class RecipeSchema
{
    /// <summary>The pattern of a name of one's own choice.</summary>
    public const string AnyName = "^.+$";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly DocComments _comments = new();

    private RecipeSchema()
    {
    }

    /// <summary>The schema as indented JSON that ends with a line feed.</summary>
    public static string Generate()
    {
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "Pipeline recipe" };
        var schema = new RecipeSchema();
        // Of the two kinds of recipe an editor shall hold a text only against the one that it is.
        root["if"] = new JsonObject { ["required"] = new JsonArray(FunctionRecipe.Key) };
        root["then"] = schema.OfRecipe(typeof(FunctionRecipe));
        root["else"] = schema.OfRecipe(typeof(Recipe));
        return root.ToJsonString(Layout) + "\n";
    }

    private JsonObject OfRecipe(Type kind)
    {
        var recipe = OfRecord(kind, null);
        recipe["properties"]![SweepSection.Key] = OfSweep();
        recipe["properties"]![SlurmSettings.Key] = OfRecord(typeof(SlurmOptions), null);
        return recipe;
    }

    /// <summary>The section that is no part of the recipe's record: its options, and a mapping from paths to values.</summary>
    private JsonObject OfSweep()
    {
        var sweep = OfRecord(typeof(SweepOptions), null);
        var values = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["minItems"] = 1 }, new JsonObject { ["type"] = "string" }) };
        sweep["properties"]![SweepSection.SetKey] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "The options that vary: from a path such as train.optimizer.learningRate to a list of values, or to a range that random draws from, such as 1e-4..1e-1:log.",
            ["patternProperties"] = new JsonObject { [@"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$"] = values },
            ["additionalProperties"] = false,
        };
        return sweep;
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
        if (RecordShape.NamedOf(type) is { } named) return new JsonObject { ["type"] = "object", ["patternProperties"] = new JsonObject { [AnyName] = OfType(named) }, ["additionalProperties"] = false };
        if (type.IsEnum) return new JsonObject { ["enum"] = new JsonArray([.. Names.EnumValues(type).Select(v => JsonValue.Create(v))]) };
        if (RecordShape.IsRecord(type)) return OfRecord(type, null);
        return new JsonObject
        {
            ["type"] = type == typeof(string) ? "string" : type == typeof(bool) ? "boolean" : type == typeof(double) ? "number" : "integer",
        };
    }
}
