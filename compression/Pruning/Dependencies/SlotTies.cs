namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>One place on one axis of a value: channel 3 of 'conv1' is ('conv1', 1, 3).</summary>
internal readonly record struct Slot(string Value, int Axis, int Index);

/// <summary>
/// Which slots of a graph's values can only go together, and which must stay and why: a disjoint-set forest over all slots
/// (Tarjan 1975). Tied slots that are pinned anywhere are pinned everywhere.
/// </summary>
internal sealed class SlotTies
{
    private readonly Dictionary<(string Value, int Axis), (int First, int Size)> _axes = [];
    private readonly List<Slot> _slots = [];
    private readonly List<int> _parents = [];
    private readonly Dictionary<int, string> _pins = [];
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    /// <summary>Makes the axes of a value known; those without a size have no slots.</summary>
    public void Add(string value, TensorShape shape)
    {
        _ranks[value] = shape.Rank;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis].Size is not { } size || !_axes.TryAdd((value, axis), (_slots.Count, checked((int)size)))) continue;
            for (var i = 0; i < size; i++)
            {
                _parents.Add(_slots.Count);
                _slots.Add(new Slot(value, axis, i));
            }
        }
    }

    /// <summary>The number of slots of an axis; 0 for one that is not known.</summary>
    public int Size(string value, int axis) => _axes.TryGetValue((value, axis), out var found) ? found.Size : 0;

    public void Tie(Slot one, Slot other)
    {
        var (a, b) = (Root(Id(one)), Root(Id(other)));
        if (a == b) return;
        // The smaller number is kept as the root, so that the outcome does not depend on the order of ties.
        (a, b) = (Math.Min(a, b), Math.Max(a, b));
        _parents[b] = a;
        if (_pins.Remove(b, out var reason)) _pins.TryAdd(a, reason);
    }

    /// <summary>Keeps a slot, and all that is tied to it; the first reason given is the one that is told.</summary>
    public void Pin(Slot slot, string reason) => _pins.TryAdd(Root(Id(slot)), reason);

    public void PinAxis(string value, int axis, string reason)
    {
        for (var i = 0; i < Size(value, axis); i++) Pin(new Slot(value, axis, i), reason);
    }

    public void PinAll(string value, string reason)
    {
        for (var axis = 0; axis < _ranks.GetValueOrDefault(value); axis++) PinAxis(value, axis, reason);
    }

    /// <summary>Why a slot stays; null when it may go.</summary>
    public string? WhyPinned(Slot slot) => _pins.GetValueOrDefault(Root(Id(slot)));

    /// <summary>The slots that go together, each set under its root, in the order in which their values were added.</summary>
    public IEnumerable<IGrouping<int, Slot>> Classes => Enumerable.Range(0, _slots.Count).GroupBy(Root, id => _slots[id]);

    /// <summary>Why a set of tied slots stays; null when it may go.</summary>
    public string? WhyPinned(int root) => _pins.GetValueOrDefault(root);

    private int Id(Slot slot) => _axes[(slot.Value, slot.Axis)].First + slot.Index;

    private int Root(int id)
    {
        while (_parents[id] != id) id = _parents[id] = _parents[_parents[id]];
        return id;
    }
}
