namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>Ops that lay axes out anew, or work along some of them.</summary>
internal static class LayoutDependencies
{
    private const long OpsetOfOneSoftmaxAxis = 13;
    private const long OpsetOfReshapeInput = 5;

    public static void Concat(NodeAxes node)
    {
        var y = node.Node.Outputs[0];
        var along = node.Axis(y, node.Node.Int("axis", 0));
        if (node.Node.Inputs.Any(input => node.Size(input, along) is null))
        {
            node.Refuse("joins values of an unknown size");
            return;
        }
        var offset = 0;
        foreach (var input in node.Node.Inputs)
        {
            for (var axis = 0; axis < node.Rank(y); axis++)
            {
                if (axis != along) node.Tie(input, axis, y, axis);
            }
            for (var i = 0; i < node.Size(input, along); i++) node.Tie(new Slot(input, along, i), new Slot(y, along, offset + i));
            offset += node.Size(input, along)!.Value;
        }
    }

    public static void Transpose(NodeAxes node)
    {
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        var order = node.Node.Ints("perm");
        for (var axis = 0; axis < node.Rank(y); axis++) node.Tie(x, order is null ? node.Rank(x) - 1 - axis : (int)order[axis], y, axis);
    }

    /// <summary>An axis that is not padded goes on as it is.</summary>
    public static void Pad(NodeAxes node)
    {
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        var rank = node.Rank(x);
        var pads = node.Node.Ints("pads") ?? (node.Constant(1) is { ElementType: ElementType.Int64 } tensor ? tensor.Span<long>().ToArray() : null);
        if (pads?.Count != 2 * rank || node.Node.Input(3) is not null)
        {
            node.Refuse("pads axes that are not known before it runs");
            return;
        }
        for (var axis = 0; axis < rank; axis++)
        {
            if (pads[axis] == 0 && pads[rank + axis] == 0) node.Tie(x, axis, y, axis);
        }
    }

    public static void Reduce(NodeAxes node)
    {
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        IReadOnlyList<long>? axes = node.Node.Ints("axes") ?? [];
        if (node.Node.Input(1) is not null) axes = node.Constant(1) is { ElementType: ElementType.Int64 } tensor ? tensor.Span<long>().ToArray() : null;
        if (axes is null || axes.Count == 0)
        {
            node.Refuse("reduces all axes, or axes that are not known before it runs");
            return;
        }
        var reduced = axes.Select(a => node.Axis(x, a)).ToHashSet();
        var kept = node.Node.Int("keepdims", 1) != 0;
        var target = 0;
        for (var axis = 0; axis < node.Rank(x); axis++)
        {
            if (!reduced.Contains(axis)) node.Tie(x, axis, y, kept ? axis : target++);
        }
    }

    public static void Softmax(NodeAxes node)
    {
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        var single = node.Opset >= OpsetOfOneSoftmaxAxis;
        var along = node.Axis(x, node.Node.Int("axis", single ? -1 : 1));
        for (var axis = 0; axis < node.Rank(x); axis++)
        {
            if (axis < along || (single && axis > along)) node.Tie(x, axis, y, axis);
        }
    }

    public static void LayerNormalization(NodeAxes node)
    {
        if (node.Node.Outputs.Skip(1).Any(o => o.Length > 0))
        {
            node.Refuse("gives mean and deviation too");
            return;
        }
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        for (var axis = 0; axis < node.Axis(x, node.Node.Int("axis", -1)); axis++) node.Tie(x, axis, y, axis);
    }

    /// <summary>The new shape must be a constant: its sizes are written anew where channels go.</summary>
    public static void Reshape(NodeAxes node)
    {
        if (node.Opset < OpsetOfReshapeInput || node.Constant(1) is not { ElementType: ElementType.Int64 }) node.Refuse("takes a shape that is computed while it runs");
        else if (node.Node.Int("allowzero", 0) != 0) node.Refuse("takes sizes of 0 literally");
        else Regroup(node);
    }

    /// <summary>
    /// The same elements in the same order under other axes. From the front, axes are matched to where both sides hold equally many
    /// elements: one axis for one goes on as it is; several that become one leave a block of indices for each channel.
    /// </summary>
    public static void Regroup(NodeAxes node)
    {
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        int[] from = [.. Enumerable.Range(0, node.Rank(x)).Where(axis => node.Size(x, axis) != 1)];
        int[] to = [.. Enumerable.Range(0, node.Rank(y)).Where(axis => node.Size(y, axis) != 1)];
        var (i, j) = (0, 0);
        while (i < from.Length && j < to.Length)
        {
            var (size, target) = (node.Size(x, from[i]), node.Size(y, to[j]));
            if (size is null || target is null)
            {
                if (size != target || !SameUnknown(node, x, from, i, y, to, j)) break;
                (i, j) = (i + 1, j + 1);
            }
            else if (size == target) node.Tie(x, from[i++], y, to[j++]);
            else if (size < target && Collapsed(node, x, from, i, target.Value) is { } count)
            {
                TieBlocks(node, x, from[i..(i + count)], y, to[j]);
                (i, j) = (i + count, j + 1);
            }
            else break;
        }
    }

    /// <summary>How many axes together have exactly so many elements; null when none do.</summary>
    private static int? Collapsed(NodeAxes node, string x, int[] axes, int start, int elements)
    {
        var product = 1L;
        for (var i = start; i < axes.Length && product < elements; i++)
        {
            if (node.Size(x, axes[i]) is not { } size) return null;
            product *= size;
            if (product == elements) return i - start + 1;
        }
        return null;
    }

    /// <summary>Two unknown sizes are one when they have one name, or when all that follows them is equally many elements.</summary>
    private static bool SameUnknown(NodeAxes node, string x, int[] from, int i, string y, int[] to, int j)
    {
        if (node.Dimension(x, from[i]).Symbol is { } symbol && symbol == node.Dimension(y, to[j]).Symbol) return true;
        return i == 0 && j == 0 && Rest(x, from) is { } rest && rest == Rest(y, to);

        long? Rest(string value, int[] axes) => axes.Skip(1).Aggregate((long?)1, (product, axis) => product * node.Size(value, axis));
    }

    /// <summary>Of the axes that become one, the first that has channels keeps them; each of its indices becomes all places where it stands.</summary>
    private static void TieBlocks(NodeAxes node, string x, int[] axes, string y, int target)
    {
        var at = Array.FindIndex(axes, axis => !node.IsPinned(x, axis));
        if (at < 0) return;
        var stride = axes.Skip(at + 1).Aggregate(1, (product, axis) => product * node.Size(x, axis)!.Value);
        var size = node.Size(x, axes[at])!.Value;
        for (var i = 0; i < node.Size(y, target); i++) node.Tie(new Slot(x, axes[at], i / stride % size), new Slot(y, target, i));
    }
}
