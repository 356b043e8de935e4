using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

/// <summary>What a run over the reference gradients gave: weights by step number and name, and the final state by name.</summary>
internal sealed record OptimizerRun(IReadOnlyDictionary<string, IReadOnlyDictionary<string, float[]>> Weights, IReadOnlyDictionary<string, float[]> State)
{
    /// <summary>The settings of each of the case's steps, clipping included.</summary>
    public static IEnumerable<StepSettings> Settings(ReferenceOptimizerCase reference)
    {
        var all = ReferenceOptimizers.All;
        for (var step = 0; step < all.Gradients.Count; step++)
        {
            var norm = Math.Sqrt(all.Weights.Sum(w => GradientNorm.SumOfSquares(all.Gradients[step][w.Name])));
            var scale = reference.Clip is { } clip ? GradientNorm.ClipFactor(norm, clip) : 1;
            yield return new StepSettings(step + 1, reference.Options["lr"] * all.RateFactors[step], scale);
        }
    }

    public static ParameterInfo Info(ReferenceTensor weight) =>
        new(weight.Name, weight.Data.Length, weight.Shape.Length > 1) { Rows = weight.Shape.Length > 1 ? (int)weight.Shape[0] : 0 };

    /// <summary>Runs the fused optimizer.</summary>
    public static OptimizerRun Fused(ReferenceOptimizerCase reference)
    {
        var all = ReferenceOptimizers.All;
        var weights = all.Weights.ToDictionary(w => w.Name, w => w.Floats);
        using var optimizer = Optimizer.Create(reference.ToOptions(), [.. all.Weights.Select(Info)]);
        var snapshots = new Dictionary<string, IReadOnlyDictionary<string, float[]>>();
        foreach (var settings in Settings(reference))
        {
            for (var p = 0; p < all.Weights.Count; p++)
            {
                var name = all.Weights[p].Name;
                optimizer.Update(p, weights[name], all.Gradients[(int)settings.Step - 1][name], settings);
            }
            snapshots[$"{settings.Step}"] = weights.ToDictionary(w => w.Key, w => w.Value.ToArray());
        }
        return new OptimizerRun(snapshots, optimizer.State.ToDictionary(s => s.Name, s => s.Values.ToArray()));
    }

    /// <summary>Asserts PyTorch's weights to 1e-6 of max(1, |w|), and its state to 2e-6 of what the gradients were.</summary>
    public void AssertEquals(ReferenceOptimizerCase reference)
    {
        foreach (var (step, weights) in reference.WeightsAfter)
        {
            foreach (var (name, expected) in weights)
                AssertClose(expected, Weights[step][name], (_, value) => 1e-6 * Math.Max(1, Math.Abs(value)), $"{name} after step {step}");
        }
        Assert.Equal(reference.State.Keys.Order(), State.Keys.Order());
        foreach (var (name, expected) in reference.State)
        {
            var weight = ReferenceOptimizers.All.Weights.First(w => name.StartsWith(w.Name + "/", StringComparison.Ordinal));
            var slot = name[(weight.Name.Length + 1)..];
            AssertClose(expected, State[name], (i, value) => 2e-6 * Math.Max(Math.Abs(value), TermSize(reference, slot, GradientSize(weight, i, reference.Options["weight_decay"]))), name);
        }
    }

    /// <summary>How large what a slot sums up can be, given the gradients' size. RMSprop's momentum is of gradients divided by their root mean square, so 1/√(1−α) at most.</summary>
    private static double TermSize(ReferenceOptimizerCase reference, string slot, double gradient) => (slot, reference.ToOptions()) switch
    {
        (OptimizerSlots.ExpAvgSq or OptimizerSlots.SquareAvg or OptimizerSlots.Sum, _) => gradient * gradient,
        (OptimizerSlots.MomentumBuffer, RmsPropOptions rmsProp) => 1 / Math.Sqrt(1 - rmsProp.Alpha),
        _ => gradient,
    };

    private static double GradientSize(ReferenceTensor weight, int index, double decay) =>
        ReferenceOptimizers.All.Gradients.Max(step => Math.Abs(step[weight.Name][index])) + decay * Math.Abs(weight.Data[index]);

    private static void AssertClose(float[] expected, float[] actual, Func<int, float, double> tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs((double)expected[i] - actual[i]) <= tolerance(i, expected[i]),
                $"{what}, element {i}: PyTorch has {expected[i]:G9}, this run {actual[i]:G9}.");
        }
    }
}
