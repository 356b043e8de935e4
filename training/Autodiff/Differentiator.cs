using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// Reverse-mode automatic differentiation over an ONNX graph: appends the nodes that compute the gradients of one scalar
/// with respect to chosen values. Source: Griewank and Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3.
/// </summary>
public static class Differentiator
{
    /// <summary>Lists every reason why <paramref name="loss"/> cannot be differentiated with respect to <paramref name="targets"/>; empty when it can.</summary>
    public static IReadOnlyList<string> Obstacles(Model model, string loss, IReadOnlyCollection<string> targets)
    {
        var path = GradientPath.Between(model.Graph, targets, loss);
        return [.. path.Nodes.Where(node => GradientRules.Find(node) is null)
            .Select(node => $"node '{node.DisplayName}': {node.QualifiedOpType} has no gradient rule")];
    }

    /// <exception cref="AutodiffException">A node on the way has no rule; all such nodes are listed.</exception>
    internal static void ThrowIfObstructed(Model model, string loss, IReadOnlyCollection<string> targets)
    {
        var obstacles = Obstacles(model, loss, targets);
        if (obstacles.Count > 0)
            throw new AutodiffException($"The model cannot be trained; {obstacles.Count} node(s) between the weights and the loss have no gradient:\n  {string.Join("\n  ", obstacles)}\nOps with a gradient: {string.Join(", ", GradientRules.Known)}.") { Obstacles = obstacles };
    }

    /// <summary>
    /// Appends the backward pass to the model's graph.
    /// </summary>
    /// <param name="model">The model; its graph is changed in place and must be in topological order.</param>
    /// <param name="loss">The scalar to differentiate.</param>
    /// <param name="seed">The gradient of the loss itself, a scalar value of the graph; 1 when null.</param>
    /// <param name="targets">The values whose gradients are wanted.</param>
    /// <returns>The gradient of each target, by the target's name. A target that the loss does not depend on is left out.</returns>
    /// <exception cref="AutodiffException">A node on the way has no rule (all such nodes are listed), or a rule cannot cover its node.</exception>
    public static IReadOnlyDictionary<string, string> AddGradients(Model model, string loss, IReadOnlyCollection<string> targets, string? seed = null)
    {
        ThrowIfObstructed(model, loss, targets);
        var failures = new List<string>();
        var known = ShapeInference.InferAll(model);
        var path = GradientPath.Between(model.Graph, targets, loss);
        var writer = new GraphWriter(model);
        var factored = new FactoredGradients(writer);
        var gradients = new GradientSums(writer, factored);
        gradients.Add(loss, seed ?? writer.Constant(1f));

        foreach (var node in path.Nodes.Reverse())
        {
            var outputGradients = node.Outputs.Select(gradients.Total).ToArray();
            if (outputGradients.All(g => g is null)) continue;

            var rule = GradientRules.Find(node)!;
            var context = new GradientContext(node, writer, known, outputGradients, factored, path.Active);
            try
            {
                var inputGradients = rule.Gradient(context);
                for (var i = 0; i < inputGradients.Count; i++)
                {
                    if (inputGradients[i] is not { } gradient || !context.Needs(i)) continue;
                    gradients.Add(node.Inputs[i], rule.Broadcasts ? Broadcasting.SumTo(context, gradient, node.Outputs[0], node.Inputs[i]) : gradient);
                }
            }
            catch (AutodiffException exception)
            {
                failures.Add(exception.Message);
                // Anything of the right shape, so that the nodes before are looked at too.
                foreach (var input in node.Inputs.Where((_, i) => context.Needs(i))) gradients.Add(input, input);
            }
        }
        if (failures.Count == 1) throw new AutodiffException(failures[0]) { Obstacles = failures };
        if (failures.Count > 1) throw new AutodiffException($"The model cannot be trained; the gradient of {failures.Count} nodes is not covered:\n  {string.Join("\n  ", failures)}") { Obstacles = failures };
        return targets.Select(target => (target, gradient: gradients.Total(target)))
            .Where(t => t.gradient is not null)
            .ToDictionary(t => t.target, t => factored.Multiply(t.gradient!));
    }
}
