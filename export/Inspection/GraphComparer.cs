using System.Globalization;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Inspection;

/// <summary>Finds what sets two graphs apart, by names and counts.</summary>
internal static class GraphComparer
{
    public static GraphDifference Compare(Model first, Model second) => new(
        [.. Properties(first, second).Where(p => p.First != p.Second)],
        [.. Weights(first.Graph, second.Graph)]);

    private static IEnumerable<PropertyDifference> Properties(Model first, Model second)
    {
        yield return new PropertyDifference("IR version", Text(first.IrVersion), Text(second.IrVersion));
        foreach (var domain in first.Opsets.Keys.Union(second.Opsets.Keys))
            yield return new PropertyDifference($"opset {(domain.Length == 0 ? "ai.onnx" : domain)}", Opset(first, domain), Opset(second, domain));
        foreach (var property in Interface("input", [.. first.Graph.RequiredInputs], [.. second.Graph.RequiredInputs])) yield return property;
        foreach (var property in Interface("output", first.Graph.Outputs, second.Graph.Outputs)) yield return property;
        yield return new PropertyDifference("nodes", Text(first.Graph.Nodes.Count), Text(second.Graph.Nodes.Count));
        var (a, b) = (Counts(first), Counts(second));
        foreach (var op in a.Keys.Union(b.Keys).Order(StringComparer.Ordinal))
            yield return new PropertyDifference($"nodes {op}", Text(a.GetValueOrDefault(op)), Text(b.GetValueOrDefault(op)));
    }

    private static IEnumerable<PropertyDifference> Interface(string kind, IReadOnlyList<Value> first, IReadOnlyList<Value> second)
    {
        foreach (var name in first.Select(v => v.Name).Union(second.Select(v => v.Name)))
            yield return new PropertyDifference($"{kind} {name}", TypeOf(first, name), TypeOf(second, name));
    }

    private static IEnumerable<WeightDifference> Weights(Graph first, Graph second)
    {
        foreach (var name in first.Initializers.Select(t => t.Name).Union(second.Initializers.Select(t => t.Name)))
        {
            first.Initializers.TryGet(name, out var a);
            second.Initializers.TryGet(name, out var b);
            var (types, same) = ((a?.Type.ToString(), b?.Type.ToString()), a is not null && b is not null && a.Type.ToString() == b.Type.ToString());
            if (!same) yield return new WeightDifference(name, types.Item1, types.Item2, null);
            else if (Difference(a!, b!) is { } difference) yield return new WeightDifference(name, types.Item1, types.Item2, difference);
        }
    }

    /// <summary>The largest difference of the elements; null when they are equal.</summary>
    private static double? Difference(Initializer a, Initializer b)
    {
        if (a.ElementType == ElementType.String) return a.Strings.SequenceEqual(b.Strings) ? null : double.NaN;
        if (a.Bytes.Span.SequenceEqual(b.Bytes.Span)) return null;
        return Tensors.ToDoubles(a) is { } x && Tensors.ToDoubles(b) is { } y ? x.Zip(y, (p, q) => p.Equals(q) ? 0 : Math.Abs(p - q)).Max() : double.NaN;
    }

    private static Dictionary<string, int> Counts(Model model) => model.Graph.Nodes.GroupBy(n => n.QualifiedOpType).ToDictionary(g => g.Key, g => g.Count());

    private static string? Opset(Model model, string domain) => model.Opsets.TryGetValue(domain, out var version) ? Text(version) : null;

    private static string? TypeOf(IReadOnlyList<Value> values, string name) => values.FirstOrDefault(v => v.Name == name) is { } value ? value.Type?.ToString() ?? "no tensor" : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
