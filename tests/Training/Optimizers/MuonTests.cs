using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

public sealed class MuonTests
{
    private static readonly MuonOptions Options = new() { LearningRate = 1 };

    [Fact]
    public void Products_are_those_of_three_plain_loops_for_any_shape() =>
        Prop.ForAll<PositiveInt, PositiveInt, PositiveInt>((m, k, n) =>
        {
            var (rows, inner, columns) = (1 + m.Get % 11, 1 + k.Get % 70, 1 + n.Get % 75);
            var (a, b, c) = (Normal(rows * inner, 1), Normal(inner * columns, 2), new float[rows * columns]);
            MatrixProduct.Multiply(a, b, c, inner, columns, new float[MatrixProduct.ScratchFor(inner)]);
            return Enumerable.Range(0, rows * columns).All(at =>
                Math.Abs(c[at] - Enumerable.Range(0, inner).Sum(i => (double)a[at / columns * inner + i] * b[i * columns + at % columns])) < 1e-4);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tall_matrix_moves_as_its_transpose_does_but_for_the_length_of_the_step()
    {
        const int Rows = 24, Columns = 7;
        var gradient = Normal(Rows * Columns, 3);
        var tall = Step(gradient, Rows);
        var wide = Step(Transposed(gradient, Rows, Columns), Columns);
        var length = Math.Sqrt((double)Rows / Columns);
        Assert.All(tall.Zip(Transposed(wide, Columns, Rows)), pair => Assert.Equal(pair.First, length * pair.Second, 1e-4));
    }

    [Fact]
    public void The_step_is_nearly_orthogonal_whatever_the_gradients_size()
    {
        foreach (var size in new[] { 1e-4f, 1, 1e4f })
        {
            var step = Step([.. Normal(8 * 40, 5).Select(x => size * x)], 8);
            for (var i = 0; i < 8; i++)
            {
                for (var j = 0; j < 8; j++)
                {
                    var product = Enumerable.Range(0, 40).Sum(k => (double)step[i * 40 + k] * step[j * 40 + k]);
                    Assert.InRange(product, i == j ? 0.4 : -0.3, i == j ? 1.5 : 0.3);
                }
            }
        }
    }

    [Fact]
    public void A_gradient_of_zero_moves_nothing() => Assert.All(Step(new float[12], 3), change => Assert.Equal(0, change));

    [Fact]
    public void What_is_no_matrix_or_named_has_AdamWs_state()
    {
        var options = Options with { AdamW = new MuonAdamWOptions { Match = ["head.*"] } };
        using var optimizer = Optimizer.Create(options, [new("conv.weight", 54, true) { Rows = 2 }, new("conv.bias", 2, false), new("head.weight", 20, true) { Rows = 10 }]);
        Assert.Equal(["conv.weight/momentum_buffer", "conv.bias/exp_avg", "conv.bias/exp_avg_sq", "head.weight/exp_avg", "head.weight/exp_avg_sq"], optimizer.State.Select(s => s.Name));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var (weights, gradient) = (Normal(24 * 7, 1), Normal(24 * 7, 2));
        using var optimizer = Optimizer.Create(Options, [new("w", 24 * 7, true) { Rows = 24 }]);
        for (var step = 1; step <= 50; step++) optimizer.Update(0, weights, gradient, new StepSettings(step, 0.01));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 51; step <= 150; step++) optimizer.Update(0, weights, gradient, new StepSettings(step, 0.01));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Wrong_options_are_told_at_once()
    {
        var problems = OptimizerCheck.Problems(new MuonOptions { LearningRate = 0, Momentum = 1, NewtonSchulzSteps = 0, AdamW = new MuonAdamWOptions { Beta1 = 1 } });
        Assert.Equal(4, problems.Count);
        Assert.Contains(problems, p => p.StartsWith("AdamW.Beta1", StringComparison.Ordinal));
    }

    /// <summary>The first step from weights of 0, turned round.</summary>
    private static float[] Step(float[] gradient, int rows)
    {
        var weights = new float[gradient.Length];
        using var optimizer = Optimizer.Create(Options, [new("w", gradient.Length, true) { Rows = rows }]);
        optimizer.Update(0, weights, gradient, new StepSettings(1, 1));
        return [.. weights.Select(w => -w)];
    }

    private static float[] Transposed(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[i % rows * columns + i / rows])];

    private static float[] Normal(int length, int seed)
    {
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextNormal())];
    }
}
