namespace OnnxPipeline.Training.Tests;

/// <summary>Lion as its paper's algorithm 2 has it, in plain float64, over PyTorch's cases' weights and gradients: PyTorch 1.13 has no Lion.</summary>
internal static class LionReference
{
    public static IEnumerable<ReferenceOptimizerCase> Cases(ReferenceOptimizers shared) =>
    [
        Case(shared, "lion", rate: 0.01, decay: 0, beta1: 0.9, beta2: 0.99),
        Case(shared, "lion decay", rate: 0.002, decay: 0.5, beta1: 0.9, beta2: 0.99),
        Case(shared, "lion other betas", rate: 0.01, decay: 0.01, beta1: 0.95, beta2: 0.8),
    ];

    private static ReferenceOptimizerCase Case(ReferenceOptimizers shared, string name, double rate, double decay, double beta1, double beta2)
    {
        var weights = shared.Weights.ToDictionary(w => w.Name, w => w.Floats.Select(x => (double)x).ToArray());
        var means = shared.Weights.ToDictionary(w => w.Name, w => new double[w.Floats.Length]);
        var after = new Dictionary<string, IReadOnlyDictionary<string, float[]>>();
        for (var step = 0; step < shared.Gradients.Count; step++)
        {
            var eta = rate * shared.RateFactors[step];
            foreach (var tensor in shared.Weights)
            {
                var (w, m, g) = (weights[tensor.Name], means[tensor.Name], shared.Gradients[step][tensor.Name]);
                var lambda = tensor.Shape.Length > 1 ? decay : 0;
                for (var i = 0; i < w.Length; i++)
                {
                    w[i] -= eta * (Math.Sign(beta1 * m[i] + (1 - beta1) * g[i]) + lambda * w[i]);
                    m[i] = beta2 * m[i] + (1 - beta2) * g[i];
                }
            }
            after[$"{step + 1}"] = Floats(weights);
        }
        var options = new Dictionary<string, double> { ["lr"] = rate, ["weight_decay"] = decay, ["beta1"] = beta1, ["beta2"] = beta2 };
        return new ReferenceOptimizerCase(name, "Lion", options, after, Floats(means.ToDictionary(m => $"{m.Key}/exp_avg", m => m.Value)));
    }

    private static Dictionary<string, float[]> Floats(Dictionary<string, double[]> tensors) =>
        tensors.ToDictionary(t => t.Key, t => t.Value.Select(x => (float)x).ToArray());
}
