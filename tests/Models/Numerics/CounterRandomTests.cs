using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Models.Tests.Numerics;

public sealed class CounterRandomTests
{
    /// <summary>Known answers of Philox4x32-10 from the authors' library Random123 (kat_vectors).</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, new uint[] { 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8 })]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, new uint[] { 0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD })]
    [InlineData(0x85A308D3243F6A88, 0x0370734413198A2E, 0x299F31D0A4093822, new uint[] { 0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1 })]
    public void Blocks_are_those_of_the_authors(ulong low, ulong high, ulong key, uint[] expected)
    {
        var block = CounterRandom.Philox(low, high, key);
        Assert.Equal(expected, new[] { block[0], block[1], block[2], block[3] });
    }

    [Fact]
    public void Streams_of_other_keys_differ_and_the_same_key_gives_the_same_numbers()
    {
        uint First(ulong seed, RandomPurpose purpose, ulong a, ulong b) => new CounterRandom(seed, purpose, a, b).NextUInt32();
        var keys = from seed in new ulong[] { 0, 1 } from purpose in new[] { RandomPurpose.Split, RandomPurpose.Shuffle } from a in new ulong[] { 0, 1, 2 } from b in new ulong[] { 0, 1, 2 } select (seed, purpose, a, b);
        Assert.Equal(36, keys.Select(k => First(k.seed, k.purpose, k.a, k.b)).Distinct().Count());
        Assert.Equal(First(1, RandomPurpose.Split, 2, 3), First(1, RandomPurpose.Split, 2, 3));
    }

    [Fact]
    public void Numbers_are_uniform_within_their_range()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var counts = new int[7];
        for (var i = 0; i < 70000; i++) counts[random.Next(7)]++;
        // The chi-squared statistic of 6 degrees of freedom exceeds 22.5 once in a thousand.
        Assert.True(counts.Sum(c => Math.Pow(c - 10000, 2) / 10000) < 22.5);
    }

    [Fact]
    public void Normal_numbers_have_mean_0_variance_1_and_kurtosis_3()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        double[] numbers = [.. Enumerable.Range(0, 100000).Select(_ => random.NextNormal())];
        Assert.Equal(0, numbers.Average(), 0.02);
        Assert.Equal(1, numbers.Average(n => n * n), 0.03);
        Assert.Equal(3, numbers.Average(n => Math.Pow(n, 4)), 0.15);
    }

    [Fact]
    public void A_shuffle_keeps_the_items_and_gives_every_order_its_share()
    {
        var random = new CounterRandom(1, RandomPurpose.Shuffle);
        var orders = new Dictionary<string, int>();
        for (var i = 0; i < 6000; i++)
        {
            char[] items = ['a', 'b', 'c'];
            random.Shuffle<char>(items);
            orders[new string(items)] = orders.GetValueOrDefault(new string(items)) + 1;
        }
        Assert.Equal(["abc", "acb", "bac", "bca", "cab", "cba"], orders.Keys.Order());
        Assert.All(orders.Values, count => Assert.InRange(count, 850, 1150));
    }
}
