using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>
/// One node as its dependency rule sees it: the axes of what it reads and makes. An axis that the rule says nothing of is pinned,
/// so that what a rule does not know of never goes.
/// </summary>
internal sealed class NodeAxes(Node node, long opset, IReadOnlyDictionary<string, TensorType> types, ConstantTable constants, SlotTies ties)
{
    private readonly HashSet<(string Value, int Axis)> _told = [];
    private readonly List<Producer> _producers = [];
    private bool _refused;

    public Node Node { get; } = node;

    /// <summary>The version of the standard operator set.</summary>
    public long Opset { get; } = opset;

    /// <summary>The weights that make channels of the node's output.</summary>
    public IReadOnlyList<Producer> Producers => _producers;

    /// <summary>The names of all inputs and outputs that are there.</summary>
    private IEnumerable<string> Values => Node.Inputs.Concat(Node.Outputs).Where(v => v.Length > 0).Distinct();

    public bool KnowsRank(string value) => types.TryGetValue(value, out var type) && type.Shape is not null;

    public int Rank(string value) => types[value].Shape!.Rank;

    public Dimension Dimension(string value, int axis) => types[value].Shape![axis];

    /// <summary>The size of an axis; null when it is not known, as that of the batch.</summary>
    public int? Size(string value, int axis) => (int?)Dimension(value, axis).Size;

    /// <summary>A tensor that the node always reads; null for one that is computed.</summary>
    public Initializer? Constant(int input) => constants.Find(Node.Input(input));

    /// <summary>A negative axis counts from the end.</summary>
    public int Axis(string value, long axis) => (int)(axis < 0 ? axis + Rank(value) : axis);

    /// <summary>Index i of one axis goes with index i of the other.</summary>
    public void Tie(string one, int axis, string other, int otherAxis)
    {
        _told.Add((one, axis));
        _told.Add((other, otherAxis));
        var (size, otherSize) = (Size(one, axis), Size(other, otherAxis));
        if (size != otherSize)
        {
            var reason = $"{Node.QualifiedOpType} '{Node.DisplayName}' puts axes of {Dimension(one, axis)} and {Dimension(other, otherAxis)} side by side";
            ties.PinAxis(one, axis, reason);
            ties.PinAxis(other, otherAxis, reason);
            return;
        }
        for (var i = 0; i < size; i++) ties.Tie(new Slot(one, axis, i), new Slot(other, otherAxis, i));
    }

    /// <summary>One slot goes with another; the rule answers for the whole of both axes.</summary>
    public void Tie(Slot one, Slot other)
    {
        _told.Add((one.Value, one.Axis));
        _told.Add((other.Value, other.Axis));
        ties.Tie(one, other);
    }

    /// <summary>The axes of two values, aligned at the last, go together; one of size 1 that is stretched over another stays.</summary>
    public void Align(string value, string onto) => Align(value, onto, Rank(value));

    /// <summary>As <see cref="Align(string, string)"/>, for the first <paramref name="axes"/> axes of the value only.</summary>
    public void Align(string value, string onto, int axes)
    {
        var offset = Rank(onto) - Rank(value);
        for (var axis = 0; axis < axes; axis++)
        {
            if (offset + axis < 0 || (Size(value, axis) == 1 && Size(onto, offset + axis) != 1)) continue;
            Tie(value, axis, onto, offset + axis);
        }
    }

    public bool IsPinned(string value, int axis)
    {
        for (var i = 0; i < ties.Size(value, axis); i++)
        {
            if (ties.WhyPinned(new Slot(value, axis, i)) is null) return false;
        }
        return true;
    }

    /// <summary>The weight's axis makes channels: they are named after the node and ranked by the weight.</summary>
    public void Produces(string weight, int axis) => _producers.Add(new Producer(Node.DisplayName, weight, axis));

    /// <summary>The value depends on nothing, so that any part of it may be left out.</summary>
    public void Free(string value)
    {
        for (var axis = 0; axis < Rank(value); axis++) _told.Add((value, axis));
    }

    /// <summary>Nothing that the node reads or makes may go.</summary>
    public void Refuse(string reason)
    {
        _refused = true;
        foreach (var value in Values) ties.PinAll(value, $"{Node.QualifiedOpType} '{Node.DisplayName}' {reason}");
    }

    /// <summary>Pins the axes that the rule left out.</summary>
    public void Finish()
    {
        if (_refused) return;
        foreach (var value in Values)
        {
            for (var axis = 0; axis < Rank(value); axis++)
            {
                if (!_told.Contains((value, axis))) ties.PinAxis(value, axis, $"{Node.QualifiedOpType} '{Node.DisplayName}' works along axis {axis} of '{value}'");
            }
        }
    }
}
