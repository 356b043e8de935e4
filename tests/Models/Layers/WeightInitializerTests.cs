using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Layers;

public sealed class WeightInitializerTests
{
    [Theory]
    [InlineData(Initialization.KaimingNormal, Activation.Relu, 2.0 / 300)]
    [InlineData(Initialization.KaimingUniform, Activation.Relu, 2.0 / 300)]
    [InlineData(Initialization.KaimingNormal, Activation.Tanh, 25.0 / 9 / 300)]
    [InlineData(Initialization.XavierNormal, Activation.None, 2.0 / 500)]
    [InlineData(Initialization.XavierUniform, Activation.Sigmoid, 2.0 / 500)]
    [InlineData(Initialization.Normal, Activation.Relu, 1.0 / 300)]
    [InlineData(Initialization.PyTorch, Activation.Relu, 1.0 / 300 / 3)]
    [InlineData(Initialization.Zeros, Activation.Relu, 0)]
    public void The_variance_is_the_one_of_the_paper(Initialization scheme, Activation activation, double variance) =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var weights = new WeightInitializer(scheme, activation, seed).Weight("w", [200, 300], 300, 200).Span<float>().ToArray();
            var (mean, found) = (weights.Average(w => (double)w), weights.Average(w => (double)w * w));
            // The standard error of a variance from n normal samples is √(2/n) of it: 0.6 % for 60,000; five of them are allowed.
            Assert.InRange(found, variance * 0.97, variance * 1.03);
            Assert.InRange(mean, -5 * Math.Sqrt(variance / weights.Length), 5 * Math.Sqrt(variance / weights.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));

    [Theory]
    [InlineData(Initialization.PyTorch, 0.1)]
    [InlineData(Initialization.KaimingUniform, 0.24494897)]
    public void Uniform_weights_stay_within_their_bound_and_come_near_it(Initialization scheme, double bound)
    {
        var weights = new WeightInitializer(scheme, Activation.Relu, 1).Weight("w", [100, 100], 100, 100).Span<float>().ToArray();
        Assert.InRange(weights.Max(), 0.99 * bound, bound);
        Assert.InRange(weights.Min(), -bound, -0.99 * bound);
    }

    [Fact]
    public void A_bias_is_uniform_as_PyTorchs_or_zero()
    {
        var bias = new WeightInitializer(Initialization.PyTorch, Activation.Relu, 1).Bias("b", 1000, 25).Span<float>().ToArray();
        Assert.InRange(bias.Max(), 0.19f, 0.2f);
        Assert.All(new WeightInitializer(Initialization.KaimingNormal, Activation.Relu, 1).Bias("b", 10, 25).Span<float>().ToArray(), b => Assert.Equal(0, b));
    }

    [Fact]
    public void Weights_depend_on_the_seed_and_their_name_alone()
    {
        float[] Draw(ulong seed, string name) => new WeightInitializer(Initialization.Normal, Activation.Relu, seed).Weight(name, [50], 1, 1).Span<float>().ToArray();
        Assert.Equal(Draw(1, "a"), Draw(1, "a"));
        Assert.NotEqual(Draw(1, "a"), Draw(1, "b"));
        Assert.NotEqual(Draw(1, "a"), Draw(2, "a"));
    }

    [Theory]
    [InlineData(Activation.None, 1)]
    [InlineData(Activation.Sigmoid, 1)]
    [InlineData(Activation.Tanh, 1.6666667)]
    [InlineData(Activation.Relu, 1.4142136)]
    [InlineData(Activation.LeakyRelu, 1.4141428)]
    public void Gains_are_those_of_PyTorch(Activation activation, double gain) => Assert.Equal(gain, WeightInitializer.Gain(activation), 1e-6);
}
