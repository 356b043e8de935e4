using System.Text;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Layers;

/// <summary>
/// Makes the first weights of layers. Each tensor's numbers depend on the seed and its own name alone, so a layer added
/// elsewhere in a network changes no other layer's weights.
/// </summary>
/// <param name="scheme">How the numbers are spread; see <see cref="Initialization"/>.</param>
/// <param name="activation">What follows the layers: it sets the gain of Kaiming's and Xavier's schemes.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="leakySlope">The slope of LeakyReLU for negative inputs.</param>
public sealed class WeightInitializer(Initialization scheme, Activation activation, ulong seed, double leakySlope = WeightInitializer.LeakySlope)
{
    /// <summary>The slope of LeakyReLU for negative inputs, PyTorch's default.</summary>
    internal const float LeakySlope = 0.01f;

    /// <summary>A weight of shape [out, in, …]; one output is a sum of <paramref name="fanIn"/> terms, one input goes into <paramref name="fanOut"/>.</summary>
    public Initializer Weight(string name, IReadOnlyList<long> dims, long fanIn, long fanOut)
    {
        var gain = Gain(activation, leakySlope);
        return scheme switch
        {
            Initialization.PyTorch => Uniform(name, dims, Math.Sqrt(1.0 / fanIn)),
            Initialization.KaimingNormal => Normal(name, dims, gain * Math.Sqrt(1.0 / fanIn)),
            Initialization.KaimingUniform => Uniform(name, dims, gain * Math.Sqrt(3.0 / fanIn)),
            Initialization.XavierNormal => Normal(name, dims, gain * Math.Sqrt(2.0 / (fanIn + fanOut))),
            Initialization.XavierUniform => Uniform(name, dims, gain * Math.Sqrt(6.0 / (fanIn + fanOut))),
            Initialization.Normal => Normal(name, dims, Math.Sqrt(1.0 / fanIn)),
            Initialization.Zeros => Initializer.Zeros(name, ElementType.Float, dims),
            _ => throw new InvalidOperationException($"There is no initialisation {scheme}; expected one of {string.Join(", ", Enum.GetNames<Initialization>())}."),
        };
    }

    /// <summary>A bias of one value an output: U(±1/√fan-in) under PyTorch's scheme, else zeros.</summary>
    public Initializer Bias(string name, long outputs, long fanIn) => scheme == Initialization.PyTorch
        ? Uniform(name, [outputs], Math.Sqrt(1.0 / fanIn))
        : Initializer.Zeros(name, ElementType.Float, outputs);

    /// <summary>
    /// The factor that keeps the variance of activations through a layer (He et al. 2015; the values are PyTorch's
    /// calculate_gain; GELU, which it lacks, is taken as ReLU, whose limit it is).
    /// </summary>
    internal static double Gain(Activation activation, double leakySlope = LeakySlope) => activation switch
    {
        Activation.Relu or Activation.Gelu => Math.Sqrt(2),
        Activation.LeakyRelu => Math.Sqrt(2 / (1 + (leakySlope * leakySlope))),
        Activation.Tanh => 5.0 / 3,
        _ => 1,
    };

    private Initializer Uniform(string name, IReadOnlyList<long> dims, double bound) =>
        Fill(name, dims, (ref CounterRandom random) => ((2 * random.NextDouble()) - 1) * bound);

    /// <summary>A tensor of normal numbers around 0, whatever the scheme.</summary>
    public Initializer Normal(string name, IReadOnlyList<long> dims, double deviation) =>
        Fill(name, dims, (ref CounterRandom random) => random.NextNormal() * deviation);

    private Initializer Fill(string name, IReadOnlyList<long> dims, Draw draw)
    {
        var tensor = Initializer.Zeros(name, ElementType.Float, dims);
        var random = new CounterRandom(seed, RandomPurpose.Initialization, StreamOf(name));
        foreach (ref var weight in tensor.Span<float>()) weight = (float)draw(ref random);
        return tensor;
    }

    /// <summary>FNV-1a, 64 bits: the same on every machine, unlike string.GetHashCode.</summary>
    private static ulong StreamOf(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(14695981039346656037UL, (hash, b) => unchecked((hash ^ b) * 1099511628211UL));

    private delegate double Draw(ref CounterRandom random);
}
