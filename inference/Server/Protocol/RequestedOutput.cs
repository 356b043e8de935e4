using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">One of the model's.</param>
/// <param name="Binary">Whether its bytes follow the JSON.</param>
/// <param name="Classes">The most values to name instead of giving all; 0 for the tensor itself.</param>
internal readonly record struct RequestedOutput(string Name, bool Binary, int Classes)
{
    /// <summary>All of the model's outputs where none is named.</summary>
    /// <exception cref="RequestException">400: an output is unknown, given twice or malformed.</exception>
    public static IReadOnlyList<RequestedOutput> ReadAll(JsonElement root, bool binary, ModelSession model)
    {
        RequestedOutput[] all = [.. model.Outputs.Select(o => new RequestedOutput(o.Name, binary, 0))];
        if (JsonFields.Find(root, "outputs", "request") is null) return all;
        var asked = new List<RequestedOutput>();
        foreach (var output in JsonFields.Array(root, "outputs", "request").EnumerateArray())
        {
            var name = JsonFields.Text(JsonFields.Property(output, "name", "an output"), "an output's name");
            if (model.Outputs.All(o => o.Name != name)) throw RequestException.BadRequest($"The model has no output '{name}'; its outputs are {string.Join(", ", model.Outputs.Select(o => o.Name))}.");
            if (asked.Any(o => o.Name == name)) throw RequestException.BadRequest($"The output '{name}' is asked for twice.");
            var parameters = RequestParameters.Of(output, $"output '{name}'");
            var classes = Math.Min(parameters.Integer("classification", least: 0) ?? 0, int.MaxValue);
            asked.Add(new RequestedOutput(name, parameters.Flag("binary_data") ?? binary, (int)classes));
        }
        return asked.Count > 0 ? asked : all;
    }
}
