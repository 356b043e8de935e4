using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

public sealed class PenaltyTests
{
    [Fact]
    public void Gradients_are_PyTorchs()
    {
        Assert.NotEmpty(ReferenceOptimizers.All.Penalties);
        foreach (var reference in ReferenceOptimizers.All.Penalties)
        {
            var gradient = new float[reference.Weights.Length];
            Penalty.AddGradient(new PenaltyOptions { L1 = reference.L1, L2 = reference.L2 }, reference.Weights, gradient);
            Assert.All(reference.Gradient.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        }
    }

    [Fact]
    public void It_is_added_to_what_is_there_and_no_element_depends_on_where_it_lies() =>
        Prop.ForAll<NonNegativeInt>(length =>
        {
            var options = new PenaltyOptions { L1 = 0.3, L2 = 0.1 };
            float[] weights = [.. Enumerable.Range(0, length.Get % 70).Select(i => MathF.Sin(i) * (i % 5))];
            float[] gradient = [.. weights.Select(w => 3 - w)];
            Penalty.AddGradient(options, weights, gradient);
            return weights.Zip(gradient).All(pair =>
            {
                float[] one = [3 - pair.First];
                Penalty.AddGradient(options, [pair.First], one);
                return one[0] == pair.Second && Math.Abs(one[0] - (3 - pair.First + 0.3 * Math.Sign(pair.First) + 0.2 * pair.First)) < 1e-5;
            });
        }).QuickCheckThrowOnFailure();
}
