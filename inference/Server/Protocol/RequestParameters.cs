using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>The "parameters" of a request or of one of its tensors: strings, numbers and booleans by name. Unknown ones are left alone, as the protocol has it.</summary>
internal readonly struct RequestParameters
{
    private const string SharedMemory = "shared_memory_region";

    private readonly JsonElement? _values;
    private readonly string _where;

    private RequestParameters(JsonElement? values, string where) => (_values, _where) = (values, where);

    /// <exception cref="RequestException">400: they are none, or ask for shared memory.</exception>
    public static RequestParameters Of(JsonElement owner, string where)
    {
        if (JsonFields.Find(owner, "parameters", where) is not { } values) return new RequestParameters(null, where);
        if (values.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"The parameters of {where} must be a JSON object, but are {values.ValueKind}.");
        foreach (var parameter in values.EnumerateObject())
        {
            if (parameter.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                throw RequestException.BadRequest($"The parameter '{parameter.Name}' of {where} is {parameter.Value.ValueKind}; expected a string, a number or a boolean.");
            if (parameter.Name == SharedMemory) throw RequestException.BadRequest($"The {where} is to be read from or written to shared memory, which this server does not do; send it in the body.");
        }
        return new RequestParameters(values, where);
    }

    /// <summary>Null where it is not given.</summary>
    /// <exception cref="RequestException">400: it is no boolean.</exception>
    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw RequestException.BadRequest($"The parameter '{name}' of {_where} must be true or false, but is {other.ValueKind}."),
    };

    /// <summary>Null where it is not given.</summary>
    /// <exception cref="RequestException">400: it is no whole number from <paramref name="least"/>.</exception>
    public long? Integer(string name, long least)
    {
        if (Find(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least
            ? number
            : throw RequestException.BadRequest($"The parameter '{name}' of {_where} must be a whole number from {least}.");
    }

    /// <summary>Null where it is not given.</summary>
    /// <exception cref="RequestException">400: it is no text.</exception>
    public string? Text(string name) => Find(name) is { } value ? JsonFields.Text(value, $"The parameter '{name}' of {_where}") : null;

    private JsonElement? Find(string name) => _values is { } values ? JsonFields.Find(values, name, _where) : null;
}
