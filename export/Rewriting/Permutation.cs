using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>An order of axes: axis i of the result is axis <c>this[i]</c> of the input.</summary>
internal sealed class Permutation(params long[] order)
{
    public int Rank => order.Length;

    public bool IsIdentity => Enumerable.Range(0, Rank).All(i => order[i] == i);

    /// <summary>That of a Transpose; null when it reverses the axes of a value of unknown rank.</summary>
    public static Permutation? Of(Node transpose, ValueTypes types)
    {
        if (transpose.Ints("perm") is { } given) return new Permutation([.. given]);
        return types.ShapeOf(transpose.Inputs[0]) is { } shape ? new Permutation([.. Enumerable.Range(0, shape.Rank).Reverse().Select(i => (long)i)]) : null;
    }

    /// <summary>This order first, <paramref name="next"/> after it.</summary>
    public Permutation Then(Permutation next) => new([.. Enumerable.Range(0, Rank).Select(i => order[next.At(i)])]);

    /// <summary>The sizes of a value before this order was applied, given those after it.</summary>
    public long[] Undo(IReadOnlyList<long> sizes)
    {
        var before = new long[Rank];
        for (var i = 0; i < Rank; i++) before[order[i]] = sizes[i];
        return before;
    }

    public bool SameAs(Permutation other) => order.SequenceEqual(other.ToArray());

    public long[] ToArray() => [.. order];

    public override string ToString() => $"[{string.Join(",", order)}]";

    private int At(int axis) => (int)order[axis];
}
