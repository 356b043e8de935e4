using System.Runtime.CompilerServices;

namespace OnnxPipeline.Models.Numerics;

/// <summary>What a stream of random numbers is for; part of its key, so that no two uses share numbers.</summary>
public enum RandomPurpose
{
    Initialization = 1,
    Split = 2,
    Shuffle = 3,
    Augmentation = 4,
    Dropout = 5,
    Sampling = 6,
    Sweep = 7,
}

/// <summary>
/// A counter-based generator, Philox4x32-10: number n of a stream is a pure function of (seed, purpose, a, b, n), so any
/// point of a run can be taken up again, in any order and on any thread, with the same numbers.
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
public struct CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    private readonly ulong _key;
    private readonly ulong _stream;
    private ulong _block;
    private Block _current;
    private int _used;

    /// <summary>The stream of <paramref name="purpose"/>; <paramref name="a"/> and <paramref name="b"/> are, for example, epoch and step.</summary>
    public CounterRandom(ulong seed, RandomPurpose purpose, ulong a = 0, ulong b = 0)
    {
        _key = Mix(seed ^ Mix((ulong)purpose));
        _stream = Mix(Mix(a + 0x632BE59BD9B4E019) ^ b);
        _used = 4;
    }

    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _current = Philox(_block++, _stream, _key);
            _used = 0;
        }
        return _current[_used++];
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻²⁴.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => ((((ulong)NextUInt32() << 32) | NextUInt32()) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="exclusiveMax"/>), without bias (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        var range = (uint)exclusiveMax;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Standard normal, by Box and Muller's transform.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Fisher and Yates's shuffle.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>SplitMix64's finaliser: a bijection that spreads every bit.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    internal static Block Philox(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            var high0 = (uint)(((ulong)Multiplier0 * c0) >> 32);
            var low0 = Multiplier0 * c0;
            var high1 = (uint)(((ulong)Multiplier1 * c2) >> 32);
            var low1 = Multiplier1 * c2;
            (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        var block = default(Block);
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
        return block;
    }

    [InlineArray(4)]
    internal struct Block
    {
        private uint _first;
    }
}
