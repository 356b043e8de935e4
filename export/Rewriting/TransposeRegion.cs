using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// Elementwise nodes that a Transpose leads into, all of whose other inputs are transposed the same way or are constants that can be,
/// and all of whose readers are such nodes or Transposes. Computed in the order before the Transpose, they give the same elements.
/// </summary>
internal sealed class TransposeRegion
{
    private readonly GraphRewriter _rewriter;
    private readonly ValueTypes _types;
    private readonly Permutation _order;
    private readonly HashSet<Node> _entries = [];
    private readonly List<Node> _inner = [];
    private readonly HashSet<Node> _members = [];
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<Node> _exits = [];

    private TransposeRegion(GraphRewriter rewriter, ValueTypes types, Permutation order) => (_rewriter, _types, _order) = (rewriter, types, order);

    /// <summary>The region below a Transpose, or null and why it cannot move down.</summary>
    public static TransposeRegion? From(Node transpose, GraphRewriter rewriter, ValueTypes types, out string reason)
    {
        reason = "the rank of its input is not known";
        if (Permutation.Of(transpose, types) is not { } order) return null;
        var region = new TransposeRegion(rewriter, types, order);
        reason = region.Grow(transpose) ?? "";
        return reason.Length == 0 ? region : null;
    }

    /// <summary>Takes the entries out and puts their order into the exits, which go where the two cancel.</summary>
    public void MoveDown()
    {
        foreach (var node in _inner)
        {
            for (var i = 0; i < node.Inputs.Count; i++) MoveInput(node, i);
        }
        // Their recorded shapes are those of the order that they had.
        var moved = _inner.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        _rewriter.Graph.ValueInfos.RemoveAll(value => moved.Contains(value.Name));
        foreach (var exit in _exits) MoveExit(exit);
        foreach (var entry in _entries.Where(e => !_rewriter.IsUsed(e.Outputs[0])))
        {
            _rewriter.Remove(entry);
            _rewriter.Rewrote(entry, $"moved down through {_inner.Count} elementwise node(s) to {string.Join(", ", _exits.Select(e => $"'{e.DisplayName}'"))}");
        }
    }

    private string? Grow(Node start)
    {
        _entries.Add(start);
        if (AddReaders(start) is { } obstacle) return obstacle;
        for (var i = 0; i < _inner.Count; i++)
        {
            if (WhyNotMoved(_inner[i]) is { } unsuitable) return unsuitable;
            if (AddReaders(_inner[i]) is { } reader) return reader;
        }
        return _exits.Count == 0 ? "nothing reads it" : null;
    }

    /// <summary>Takes what reads a node into the region; returns why that cannot be, or null.</summary>
    private string? AddReaders(Node node)
    {
        var value = node.Outputs[0];
        if (_rewriter.IsOutput(value)) return $"it reaches the graph output '{value}' untransposed";
        if (_rewriter.IsCaptured(value)) return $"it reaches a subgraph, which reads '{value}'";
        if (node.Outputs.Skip(1).Any(_rewriter.IsUsed)) return $"it reaches '{node.DisplayName}', whose other outputs are used";
        _values.Add(value);
        foreach (var user in _rewriter.Users(value))
        {
            if (user.Is(Ops.Transpose)) _exits.Add(user);
            else if (!OperatorTraits.IsElementwise(user)) return $"it reaches {user.OpType} '{user.DisplayName}', which is neither elementwise nor a Transpose";
            else if (_members.Add(user)) _inner.Add(user);
        }
        return null;
    }

    /// <summary>Checks what else a node of the region reads; returns what cannot be computed in the other order, or null.</summary>
    private string? WhyNotMoved(Node node)
    {
        foreach (var name in node.Inputs.Where(i => i.Length > 0 && !_values.Contains(i)))
        {
            if (_rewriter.Constants.Find(name) is { } constant)
            {
                if (constant.Dims.Count(d => d != 1) > 1) return $"it reaches '{node.DisplayName}', whose constant '{name}' of shape {constant.Shape} has several axes";
                if (constant.Dims.Count > _order.Rank) return $"it reaches '{node.DisplayName}', whose constant '{name}' of shape {constant.Shape} has more axes";
                continue;
            }
            if (_types.ShapeOf(name) is { Rank: 0 } || _rewriter.Producer(name) is { } inner && _members.Contains(inner)) continue;
            if (_rewriter.Producer(name) is not { } producer || !producer.Is(Ops.Transpose) || Permutation.Of(producer, _types) is not { } order || !order.SameAs(_order))
                return $"it reaches {node.OpType} '{node.DisplayName}', whose input '{name}' is not transposed the same way";
            _entries.Add(producer);
        }
        return null;
    }

    private void MoveInput(Node node, int index)
    {
        if (node.Input(index) is not { } name) return;
        if (_rewriter.Producer(name) is { } producer && _entries.Contains(producer)) _rewriter.SetInput(node, index, producer.Inputs[0]);
        else if (_rewriter.Constants.Find(name) is { Dims.Count: > 0 } constant && constant.ElementCount > 1) MoveConstant(node, index, constant);
    }

    /// <summary>A constant with one axis of more than 1 is put where that axis was before; its elements stay in their order.</summary>
    private void MoveConstant(Node node, int index, Initializer constant)
    {
        long[] full = [.. Enumerable.Repeat(1L, _order.Rank - constant.Dims.Count), .. constant.Dims];
        var moved = Initializer.FromBytes(_rewriter.TakeName($"{constant.Name}_transposed"), constant.ElementType, constant.Bytes.Span, _order.Undo(full));
        _rewriter.AddInitializer(moved);
        _rewriter.SetInput(node, index, moved.Name);
    }

    private void MoveExit(Node exit)
    {
        var input = _rewriter.Producer(exit.Inputs[0]) is { } producer && _entries.Contains(producer) ? producer.Inputs[0] : exit.Inputs[0];
        var both = _order.Then(Permutation.Of(exit, _types)!);
        if (both.IsIdentity && _rewriter.Bypass(exit, input) is null)
        {
            _rewriter.Rewrote(exit, "removed; it undoes a Transpose before it");
            return;
        }
        exit.Set("perm", both.ToArray());
        _rewriter.SetInput(exit, 0, input);
    }
}
