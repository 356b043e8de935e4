using OnnxPipeline.Compression.Scoring;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Budget;

/// <summary>
/// Keeps the accuracy lost within a limit: nodes go back to float32 until it holds, the most harmful first. A node's harm is measured,
/// as what quantising it alone does to the answers. The best model so far is kept, so a limit that cannot be met still ends with one.
/// </summary>
internal sealed class AccuracyBudget
{
    private readonly IMethod _method;
    private readonly Func<Node, bool> _stays;
    private readonly ModelScorer _scorer;
    private readonly OutputDistance _distance;
    private readonly double _floatScore;

    private AccuracyBudget(Model model, IMethod method, Func<Node, bool> stays, HeldOutSamples validation, CancellationToken cancellation)
    {
        (_method, _stays) = (method, stays);
        _scorer = new ModelScorer(validation);
        if (!_scorer.Classifies) throw new QuantizeException("A limit on the accuracy lost is for classes; the model predicts a value. Leave maxDrop out.");
        _distance = new OutputDistance(model, validation, cancellation);
        _floatScore = _scorer.Score(model, cancellation);
    }

    /// <param name="model">The float model.</param>
    /// <param name="method">Makes the quantised ones.</param>
    /// <param name="whole">What it made with every node quantised.</param>
    /// <param name="stays">Nodes that stay in float32 anyway.</param>
    /// <param name="maxDrop">Points of 0 to 100.</param>
    /// <param name="validation">Samples to count right answers on.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static (MethodResult Best, BudgetReport Report) Keep(Model model, IMethod method, MethodResult whole, Func<Node, bool> stays, double maxDrop, HeldOutSamples validation, CancellationToken cancellation)
    {
        var budget = new AccuracyBudget(model, method, stays, validation, cancellation);
        var wholeScore = budget.Score(whole.Model, cancellation);
        if (budget.Holds(wholeScore, maxDrop)) return (whole, new BudgetReport(maxDrop, budget._floatScore, wholeScore, wholeScore, true, []));

        var impacts = budget.Impacts(whole, cancellation);
        var (best, bestScore, bestCount) = (whole, wholeScore, 0);
        for (var count = 1; count < impacts.Count && !budget.Holds(bestScore, maxDrop); count++)
        {
            var floats = impacts.Take(count).Select(i => i.Node).ToHashSet();
            var made = method.Apply(node => stays(node) || floats.Contains(node.Name), cancellation);
            if (made.Quantized.Count == 0) break;
            var score = budget.Score(made.Model, cancellation);
            if (score > bestScore) (best, bestScore, bestCount) = (made, score, count);
        }
        var left = impacts.Take(bestCount).Select(i => i.Node).ToHashSet();
        var met = budget.Holds(bestScore, maxDrop);
        var told = best with
        {
            Left = [.. best.Left.Select(note => left.Contains(note.Subject) ? note with { Text = "quantising it harms the answers more than the accuracy budget allows" } : note)],
            Notes = met ? best.Notes : [.. best.Notes, $"The limit of {maxDrop} points was missed: the best that was found loses {100 * (budget._floatScore - bestScore):0.##}."],
        };
        return (told, new BudgetReport(maxDrop, budget._floatScore, wholeScore, bestScore, met, [.. impacts.Select(i => i with { LeftInFloat = left.Contains(i.Node) })]));
    }

    private bool Holds(double score, double maxDrop) => 100 * (_floatScore - score) <= maxDrop + 1e-9;

    private double Score(Model model, CancellationToken cancellation) => _scorer.Score(model, cancellation);

    private List<NodeImpact> Impacts(MethodResult whole, CancellationToken cancellation)
    {
        var quantizable = whole.Quantized.ToHashSet();
        var impacts = new List<NodeImpact>();
        foreach (var name in whole.Quantized)
        {
            var alone = _method.Apply(node => _stays(node) || quantizable.Contains(node.Name) && node.Name != name, cancellation);
            impacts.Add(new NodeImpact(name, _distance.To(alone.Model, cancellation), _floatScore - _scorer.Score(alone.Model, cancellation), false));
        }
        return [.. impacts.OrderByDescending(i => i.MeanDifference)];
    }
}
