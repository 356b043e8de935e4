using System.Numerics;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>The combinations of a sweep's values, each in the order of the parameters; made one by one, as they are asked for.</summary>
internal sealed class SweepSpace(IReadOnlyList<SweepParameter> parameters)
{
    /// <summary>How many combinations of listed values there are.</summary>
    public BigInteger GridSize => parameters.Aggregate(BigInteger.One, (product, p) => product * p.Values.Count);

    /// <summary>Every combination; the last parameter changes fastest.</summary>
    public IEnumerable<IReadOnlyList<YamlValue>> Grid()
    {
        var digits = new int[parameters.Count];
        while (true)
        {
            yield return [.. parameters.Select((p, i) => p.Values[digits[i]])];
            var digit = digits.Length - 1;
            while (digit >= 0 && ++digits[digit] == parameters[digit].Values.Count) digits[digit--] = 0;
            if (digit < 0) yield break;
        }
    }

    /// <summary>Combinations drawn independently of each other. What a parameter draws depends on its place and not on the others.</summary>
    public IEnumerable<IReadOnlyList<YamlValue>> Draw(int count, ulong seed)
    {
        for (var draw = 0; draw < count; draw++)
            yield return [.. parameters.Select((p, i) => p.At(new CounterRandom(seed, RandomPurpose.Sweep, (ulong)draw, (ulong)i).NextDouble()))];
    }
}
