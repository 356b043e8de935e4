using System.Text.Json;
using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Tests;

/// <summary>Makes ONNX nodes of the reference files' attributes: a number with a point or exponent is a float, another an int, a list ints.</summary>
internal static class ReferenceNode
{
    public static Node Create(string op, string domain, IReadOnlyDictionary<string, JsonElement> attributes, IEnumerable<string> inputs, IEnumerable<string> outputs, string name)
    {
        var node = new Node(op, inputs, outputs, name, domain);
        foreach (var (attribute, value) in attributes)
        {
            _ = value.ValueKind switch
            {
                JsonValueKind.String => node.Set(attribute, value.GetString()!),
                JsonValueKind.Array => node.Set(attribute, value.EnumerateArray().Select(item => item.GetInt64())),
                JsonValueKind.Number when value.GetRawText().AsSpan().ContainsAny(".eE") => node.Set(attribute, value.GetSingle()),
                JsonValueKind.Number => node.Set(attribute, value.GetInt64()),
                var kind => throw new InvalidDataException($"{name}: attribute '{attribute}' is {kind}; expected a number, a string or a list of integers."),
            };
        }
        return node;
    }
}
