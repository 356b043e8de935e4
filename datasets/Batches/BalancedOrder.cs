using System.Runtime.InteropServices;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>
/// An order in which every class stands equally often: a pure function of seed and epoch. The samples of a class come in rounds,
/// each of them once a round, so that none stands more than once more often than another of its class.
/// </summary>
internal sealed class BalancedOrder : ISampleOrder
{
    private readonly int[] _order;
    private readonly int[][] _members;
    private readonly int[] _turns;
    private readonly ulong _seed;

    /// <param name="labels">The class of every sample; classes without samples do not count.</param>
    /// <param name="seed">Decides the order.</param>
    public BalancedOrder(DataTensor labels, ulong seed)
    {
        _seed = seed;
        _order = new int[labels.Count];
        _members = [.. Enumerable.Range(0, labels.Count).GroupBy(i => MemoryMarshal.Read<long>(labels.Item(i))).OrderBy(c => c.Key).Select(c => c.ToArray())];
        _turns = new int[_members.Length];
    }

    public ReadOnlySpan<int> Current => _order;

    public bool IsSequential => false;

    public void Prepare(int epoch)
    {
        var random = new CounterRandom(_seed, RandomPurpose.Shuffle, (ulong)epoch, 1);
        // In a random turn, so that over the epochs no class gets more of the draws that are left over.
        for (var i = 0; i < _turns.Length; i++) _turns[i] = i;
        random.Shuffle(_turns.AsSpan());
        var start = 0;
        for (var i = 0; i < _turns.Length; i++)
        {
            var end = (int)((long)_order.Length * (i + 1) / _turns.Length);
            Draw(_members[_turns[i]], _order.AsSpan(start..end), ref random);
            start = end;
        }
        random.Shuffle(_order.AsSpan());
    }

    private static void Draw(int[] members, Span<int> draws, ref CounterRandom random)
    {
        // From the same arrangement in every epoch, whichever epochs came before.
        Array.Sort(members);
        random.Shuffle(members.AsSpan());
        for (var i = 0; i < draws.Length; i++) draws[i] = members[i % members.Length];
    }
}
