using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>A request to infer, checked against the model. It owns its tensors.</summary>
/// <remarks>Source: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md.</remarks>
internal sealed class InferRequest : IDisposable
{
    private InferRequest(string? id, IReadOnlyList<string> inputNames, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames)
    {
        Id = id;
        InputNames = inputNames;
        Inputs = inputs;
        OutputNames = outputNames;
    }

    /// <summary>What the client calls the request; the response repeats it.</summary>
    public string? Id { get; }

    public IReadOnlyList<string> InputNames { get; }

    public IReadOnlyList<OrtValue> Inputs { get; }

    public IReadOnlyList<string> OutputNames { get; }

    /// <exception cref="RequestException">400: no JSON, or not what the model takes.</exception>
    public static InferRequest Parse(ReadOnlyMemory<byte> body, ModelSession model)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement, model);
        }
        catch (JsonException exception)
        {
            throw RequestException.BadRequest($"The body is not JSON: {exception.Message}");
        }
    }

    public void Dispose()
    {
        foreach (var input in Inputs) input.Dispose();
    }

    private static InferRequest Read(JsonElement root, ModelSession model)
    {
        if (root.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"The request must be a JSON object with \"inputs\", but is {root.ValueKind}.");
        var id = root.TryGetProperty("id", out var given) && given.ValueKind != JsonValueKind.Null ? Text(given, "id") : null;
        var tensors = Array(root, "inputs", "request");
        var outputNames = root.TryGetProperty("outputs", out var outputs) && outputs.ValueKind != JsonValueKind.Null ? ReadOutputs(Array(root, "outputs", "request"), model) : [.. model.Outputs.Select(o => o.Name)];

        var names = new List<string>();
        var values = new List<OrtValue>();
        try
        {
            foreach (var tensor in tensors.EnumerateArray())
            {
                var name = Text(Property(tensor, "name", "an input"), "an input's name");
                var spec = model.Inputs.FirstOrDefault(i => i.Name == name)
                    ?? throw RequestException.BadRequest($"The model has no input '{name}'; its inputs are {string.Join(", ", model.Inputs.Select(i => i.Name))}.");
                if (names.Contains(name)) throw RequestException.BadRequest($"The input '{name}' is given twice.");
                values.Add(ReadTensor(tensor, spec));
                names.Add(name);
            }
            if (model.Inputs.FirstOrDefault(i => !names.Contains(i.Name)) is { } missing)
                throw RequestException.BadRequest($"The input '{missing.Name}' is missing; the model takes {string.Join(", ", model.Inputs.Select(i => i.Name))}.");
            return new InferRequest(id, names, values, outputNames);
        }
        catch
        {
            foreach (var value in values) value.Dispose();
            throw;
        }
    }

    private static List<string> ReadOutputs(JsonElement outputs, ModelSession model)
    {
        var names = new List<string>();
        foreach (var output in outputs.EnumerateArray())
        {
            var name = Text(Property(output, "name", "an output"), "an output's name");
            if (model.Outputs.All(o => o.Name != name)) throw RequestException.BadRequest($"The model has no output '{name}'; its outputs are {string.Join(", ", model.Outputs.Select(o => o.Name))}.");
            if (names.Contains(name)) throw RequestException.BadRequest($"The output '{name}' is asked for twice.");
            names.Add(name);
        }
        return names.Count > 0 ? names : [.. model.Outputs.Select(o => o.Name)];
    }

    private static OrtValue ReadTensor(JsonElement tensor, TensorSpec spec)
    {
        var where = $"input '{spec.Name}'";
        var datatype = Text(Property(tensor, "datatype", where), $"the datatype of {where}");
        var expected = DataTypes.NameOf(spec.ElementType);
        if (datatype != expected) throw RequestException.BadRequest($"The {where} has datatype {datatype}, but the model takes {expected}.");
        var shape = ReadShape(Array(tensor, "shape", where), where);
        if (shape.Length != spec.Shape.Count || shape.Zip(spec.Shape).Any(axis => axis.Second >= 0 && axis.First != axis.Second))
            throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}], but the model takes [{string.Join(",", spec.Shape)}] (-1 is any size).");
        return JsonTensors.Read(Array(tensor, "data", where), spec.ElementType!.Value, shape, where);
    }

    private static long[] ReadShape(JsonElement shape, string where)
    {
        var sizes = new List<long>();
        foreach (var axis in shape.EnumerateArray())
        {
            if (axis.ValueKind != JsonValueKind.Number || !axis.TryGetInt64(out var size) || size < 0)
                throw RequestException.BadRequest($"The shape of {where} holds {axis.GetRawText()}; sizes are whole numbers from 0.");
            sizes.Add(size);
        }
        return [.. sizes];
    }

    private static JsonElement Property(JsonElement element, string name, string where)
    {
        if (element.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"{where} must be a JSON object, but is {element.ValueKind}.");
        return element.TryGetProperty(name, out var value) ? value : throw RequestException.BadRequest($"The \"{name}\" of {where} is missing.");
    }

    private static JsonElement Array(JsonElement element, string name, string where)
    {
        var value = Property(element, name, where);
        return value.ValueKind == JsonValueKind.Array ? value : throw RequestException.BadRequest($"The \"{name}\" of {where} must be an array, but is {value.ValueKind}.");
    }

    private static string Text(JsonElement value, string what) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw RequestException.BadRequest($"{what} must be a string, but is {value.ValueKind}.");
}
