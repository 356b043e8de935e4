namespace OnnxPipeline.Training.Autodiff;

/// <summary>The gradients that arrive at each value, one for every use of it; their sum is written when it is first asked for.</summary>
internal sealed class GradientSums(GraphWriter writer, FactoredGradients factored)
{
    private readonly Dictionary<string, List<string>> _parts = new(StringComparer.Ordinal);

    public void Add(string value, string gradient)
    {
        if (!_parts.TryGetValue(value, out var parts)) _parts[value] = parts = [];
        parts.Add(gradient);
    }

    /// <summary>The sum of what has arrived, or null when nothing has.</summary>
    public string? Total(string value)
    {
        if (!_parts.TryGetValue(value, out var parts)) return null;
        if (parts.Count > 1)
        {
            var terms = parts.ConvertAll(factored.Multiply);
            _parts[value] = parts = [terms.Count == 2 ? writer.Op(Ops.Add, terms) : writer.Op(Ops.Sum, terms)];
        }
        return parts[0];
    }
}
