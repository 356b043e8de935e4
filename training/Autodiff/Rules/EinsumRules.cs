using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of sums of products over named axes. g is the gradient of the output.</summary>
internal static class EinsumRules
{
    /// <summary>
    /// y[o] = Σ Π xᵢ[aᵢ]: ∂xᵢ[aᵢ] = Σ g[o]·Π xⱼ[aⱼ] over j ≠ i, an Einsum again. An axis of xᵢ that is nowhere else was summed on its own,
    /// and its elements share one gradient.
    /// </summary>
    /// <exception cref="AutodiffException">An operand names an axis twice, or axes of one name differ in size.</exception>
    public static IReadOnlyList<string?> Einsum(GradientContext c)
    {
        var equation = EinsumEquation.Parse(c.Node.String("equation") ?? "", [.. c.Node.Inputs.Select(x => c.Shape(x).Rank)]);
        if (equation.Operands.FirstOrDefault(axes => axes.Distinct().Count() != axes.Length) is { } repeated)
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Einsum does not cover an operand that names an axis twice, as '{repeated}' does.");
        RequireOneSize(c, equation);
        return [.. equation.Operands.Select((_, i) => c.Needs(i) ? Gradient(c, equation, i) : null)];
    }

    private static string Gradient(GradientContext c, EinsumEquation equation, int operand)
    {
        var own = equation.Operands[operand];
        var others = Enumerable.Range(0, equation.Operands.Count).Where(i => i != operand).ToArray();
        var known = string.Concat(own.Where(a => equation.Output.Contains(a) || others.Any(o => equation.Operands[o].Contains(a))));
        var terms = others.Select(o => equation.Operands[o]).Prepend(equation.Output);
        var gradient = c.Op(Ops.Einsum, n => n.Set("equation", $"{string.Join(',', terms)}->{known}"), [c.Gradient, .. others.Select(o => c.X(o))]);
        if (known.Length == own.Length) return gradient;
        long[] missing = [.. Enumerable.Range(0, own.Length).Where(axis => !known.Contains(own[axis])).Select(axis => (long)axis)];
        return c.Op(Ops.Expand, c.Op(Ops.Unsqueeze, gradient, c.Writer.Constant(missing)), c.RuntimeShapeOf(c.X(operand)));
    }

    private static void RequireOneSize(GradientContext c, EinsumEquation equation)
    {
        var sizes = new Dictionary<char, Dimension>();
        for (var i = 0; i < equation.Operands.Count; i++)
        {
            foreach (var (axis, size) in equation.Operands[i].Zip(c.Shape(c.X(i))))
            {
                if (sizes.TryGetValue(axis, out var other) && size.Size is { } one && other.Size is { } two && one != two)
                    throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Einsum does not cover broadcasting: an axis of '{c.X(i)}' {c.Shape(c.X(i))} has size {one}, and {two} in another operand.");
                sizes.TryAdd(axis, size);
            }
        }
    }
}
