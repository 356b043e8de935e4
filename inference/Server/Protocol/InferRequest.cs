using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>A request to infer, checked against the model. It owns its tensors.</summary>
/// <remarks>
/// Sources: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md, and Triton's
/// extensions for binary tensor data, classification and the time a request may wait. The parameter "adapter" is our own.
/// </remarks>
internal sealed class InferRequest : IDisposable
{
    private InferRequest(string? id, TimeSpan? timeout, string? adapter, IReadOnlyList<OrtValue> inputs, IReadOnlyList<RequestedOutput> outputs)
    {
        Id = id;
        Timeout = timeout;
        Adapter = adapter;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>What the client calls the request; the response repeats it.</summary>
    public string? Id { get; }

    /// <summary>The longest the request may wait for its turn; null for the server's own limit.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The name of the adapter to run with; null for none.</summary>
    public string? Adapter { get; }

    /// <summary>One tensor for each of the model's inputs, in their order.</summary>
    public IReadOnlyList<OrtValue> Inputs { get; }

    public IReadOnlyList<RequestedOutput> Outputs { get; }

    /// <param name="body">The body.</param>
    /// <param name="model">The model that it is for.</param>
    /// <param name="tensorLimit">The most bytes a tensor may have.</param>
    /// <exception cref="RequestException">400: no JSON, or not what the model takes; 413: a tensor is too large.</exception>
    public static InferRequest Parse(BinarySections body, ModelSession model, long tensorLimit) =>
        RequestJson.Read(body.Json, root => Read(root, body, model, tensorLimit));

    public void Dispose()
    {
        foreach (var input in Inputs) input.Dispose();
    }

    private static InferRequest Read(JsonElement root, BinarySections body, ModelSession model, long tensorLimit)
    {
        if (root.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"The request must be a JSON object with \"inputs\", but is {root.ValueKind}.");
        var id = JsonFields.Find(root, "id", "request") is { } given ? JsonFields.Text(given, "id") : null;
        var tensors = JsonFields.Array(root, "inputs", "request");
        var parameters = RequestParameters.Of(root, "request");
        var timeout = parameters.Integer("timeout", least: 0) is > 0 and var microseconds ? TimeSpan.FromMicroseconds(Math.Min(microseconds, int.MaxValue)) : (TimeSpan?)null;
        var adapter = parameters.Text("adapter");
        var outputs = RequestedOutput.ReadAll(root, parameters.Flag("binary_data_output") ?? false, model);

        var values = new Dictionary<string, OrtValue>();
        try
        {
            foreach (var tensor in tensors.EnumerateArray())
            {
                var name = JsonFields.Text(JsonFields.Property(tensor, "name", "an input"), "an input's name");
                var spec = model.Inputs.FirstOrDefault(i => i.Name == name)
                    ?? throw RequestException.BadRequest($"The model has no input '{name}'; its inputs are {string.Join(", ", model.Inputs.Select(i => i.Name))}.");
                if (values.ContainsKey(name)) throw RequestException.BadRequest($"The input '{name}' is given twice.");
                values.Add(name, ReadTensor(tensor, body, spec, tensorLimit));
            }
            if (model.Inputs.FirstOrDefault(i => !values.ContainsKey(i.Name)) is { } missing)
                throw RequestException.BadRequest($"The input '{missing.Name}' is missing; the model takes {string.Join(", ", model.Inputs.Select(i => i.Name))}.");
            body.CheckEnd();
            return new InferRequest(id, timeout, adapter, [.. model.Inputs.Select(i => values[i.Name])], outputs);
        }
        catch
        {
            foreach (var value in values.Values) value.Dispose();
            throw;
        }
    }

    private static OrtValue ReadTensor(JsonElement tensor, BinarySections body, TensorSpec spec, long limit)
    {
        var where = $"input '{spec.Name}'";
        var datatype = JsonFields.Text(JsonFields.Property(tensor, "datatype", where), $"the datatype of {where}");
        var expected = DataTypes.NameOf(spec.ElementType);
        if (datatype != expected) throw RequestException.BadRequest($"The {where} has datatype {datatype}, but the model takes {expected}.");
        var shape = ReadShape(JsonFields.Array(tensor, "shape", where), where);
        if (shape.Length != spec.Shape.Count || shape.Zip(spec.Shape).Any(axis => axis.Second >= 0 && axis.First != axis.Second))
            throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}], but the model takes [{string.Join(",", spec.Shape)}] (-1 is any size).");
        if (shape is [0, ..]) throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}], no sample; give at least one.");
        if (RequestParameters.Of(tensor, where).Integer("binary_data_size", least: 0) is not { } size)
            return JsonTensors.Read(JsonFields.Array(tensor, "data", where), spec.ElementType!.Value, shape, where, limit);
        if (JsonFields.Find(tensor, "data", where) is not null) throw RequestException.BadRequest($"The {where} has both \"data\" and a binary_data_size; give one of them.");
        return BinaryTensors.Read(body.Take(size, where), spec.ElementType!.Value, shape, where, limit);
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
}
