using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>Fields of a request's JSON, with errors that say where.</summary>
internal static class JsonFields
{
    /// <exception cref="RequestException">400: the field is missing, or there is no object to have it.</exception>
    public static JsonElement Property(JsonElement element, string name, string where) => Find(element, name, where) ?? throw RequestException.BadRequest($"The \"{name}\" of {where} is missing.");

    /// <summary>Null where the field is missing or null.</summary>
    /// <exception cref="RequestException">400: there is no object to have it.</exception>
    public static JsonElement? Find(JsonElement element, string name, string where)
    {
        if (element.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"{where} must be a JSON object, but is {element.ValueKind}.");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <exception cref="RequestException">400: the field is missing or no array.</exception>
    public static JsonElement Array(JsonElement element, string name, string where)
    {
        var value = Property(element, name, where);
        return value.ValueKind == JsonValueKind.Array ? value : throw RequestException.BadRequest($"The \"{name}\" of {where} must be an array, but is {value.ValueKind}.");
    }

    /// <exception cref="RequestException">400: it is no text.</exception>
    public static string Text(JsonElement value, string what) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw RequestException.BadRequest($"{what} must be a string, but is {value.ValueKind}.");
}
