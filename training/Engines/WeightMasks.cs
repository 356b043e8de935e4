using System.Numerics.Tensors;

namespace OnnxPipeline.Training.Engines;

/// <summary>
/// Which elements of weights stay exactly 0 while the others are trained. A mask is a float tensor of 1 and 0 under its weight's name;
/// it is part of an engine's saved state, so a resumed run keeps it. Gradients are masked before clipping, and weights after every update.
/// </summary>
internal sealed class WeightMasks
{
    private const string Slot = "mask";

    private readonly (int Parameter, Initializer Mask)[] _masks;

    /// <exception cref="TrainingException">A mask is of no trained weight, or of another size.</exception>
    public WeightMasks(TrainingGraph graph, IReadOnlyList<Initializer> masks)
    {
        Check(graph, masks);
        _masks = [.. masks.Select(mask => (graph.Parameters.ToList().FindIndex(p => p.Name == mask.Name), mask.Clone()))];
    }

    /// <summary>The name a mask is saved by.</summary>
    public static string StateName(string weight) => $"{weight}/{Slot}";

    /// <exception cref="TrainingException">A mask is of no trained weight, or of another size.</exception>
    public static void Check(TrainingGraph graph, IReadOnlyList<Initializer> masks)
    {
        foreach (var mask in masks)
        {
            if (graph.Parameters.FirstOrDefault(p => p.Name == mask.Name) is not { } parameter)
                throw new TrainingException($"There is a mask for '{mask.Name}', which is no weight that is trained. Trained are: {string.Join(", ", graph.Parameters.Select(p => p.Name))}.");
            if (mask.ElementCount != parameter.Length)
                throw new TrainingException($"The mask of '{mask.Name}' has {mask.ElementCount} elements, but the weight has {parameter.Length}.");
        }
    }

    /// <summary>The model with masked weights at 0.</summary>
    public static Model Apply(Model model, IReadOnlyList<Initializer> masks)
    {
        var masked = model.Clone();
        foreach (var mask in masks) Multiply(masked.Graph.Initializers[mask.Name].Span<float>(), mask.Span<float>());
        return masked;
    }

    /// <summary>Puts masks into a captured state, and zeros into all that belongs to masked elements: weights, averages and the optimizer's state.</summary>
    public static IReadOnlyDictionary<string, Initializer> Impose(IReadOnlyList<Initializer> state, IReadOnlyList<Initializer> masks)
    {
        var imposed = state.ToDictionary(t => t.Name);
        foreach (var mask in masks)
        {
            var name = StateName(mask.Name);
            if (!imposed.ContainsKey(name))
                throw new TrainingException($"The weight '{mask.Name}' was not masked when training began, so it cannot be now. Masked are: {string.Join(", ", imposed.Keys.Where(k => k.EndsWith($"/{Slot}", StringComparison.Ordinal)))}.");
            imposed[name] = mask.Clone(name);
            foreach (var tensor in state.Where(t => t.Name != name && (t.Name == mask.Name || t.Name.StartsWith($"{mask.Name}/", StringComparison.Ordinal)) && t.ElementCount == mask.ElementCount))
                Multiply(tensor.Span<float>(), mask.Span<float>());
        }
        return imposed;
    }

    public void ApplyToGradients(ModelState state) => Apply(state.Gradients);

    public void ApplyToWeights(ModelState state) => Apply(state.Weights);

    public IEnumerable<Initializer> Capture() => _masks.Select(m => m.Mask.Clone(StateName(m.Mask.Name)));

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        foreach (var (_, mask) in _masks) CapturedState.Find(state, StateName(mask.Name), mask.ElementCount).Span<float>().CopyTo(mask.Span<float>());
    }

    private void Apply(NativeTensor[] tensors)
    {
        foreach (var (parameter, mask) in _masks) Multiply(tensors[parameter].Span, mask.Span<float>());
    }

    private static void Multiply(Span<float> values, ReadOnlySpan<float> mask) => TensorPrimitives.Multiply(values, mask, values);
}
