using System.Globalization;

namespace OnnxPipeline.Inference.Folders;

/// <summary>A share of the inputs: of every <see cref="Count"/> the one at place <see cref="Index"/>, from 1. Together the shards are the whole.</summary>
public readonly record struct Shard
{
    /// <param name="index">From 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many shares there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such share.</exception>
    public Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, count);
        Index = index;
        Count = count;
    }

    /// <summary>All of the inputs.</summary>
    public static Shard Whole { get; } = new(1, 1);

    public int Index { get; }

    public int Count { get; }

    /// <summary>Reads, for example, "2/8".</summary>
    public static bool TryParse(string text, out Shard shard)
    {
        shard = Whole;
        var parts = text.Split('/');
        if (parts.Length != 2 || !Number(parts[0], out var index) || !Number(parts[1], out var count) || index < 1 || index > count) return false;
        shard = new Shard(index, count);
        return true;
    }

    public override string ToString() => $"{Index}/{Count}";

    internal IEnumerable<T> Of<T>(IEnumerable<T> all)
    {
        long place = 0;
        foreach (var one in all)
        {
            if (place++ % Count == Index - 1) yield return one;
        }
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
