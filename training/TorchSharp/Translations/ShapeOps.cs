using System.Runtime.InteropServices;
using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>What changes a value's shape or type, and not its elements.</summary>
internal static class ShapeOps
{
    public static TorchFunction Constant(TorchNode node)
    {
        var tensor = node.Node.Tensor("value") ?? throw TorchNode.Declined("a Constant of another attribute than value");
        var value = TorchTypes.Create(tensor, node.Device);
        return _ => value.alias();
    }

    public static TorchFunction ConstantOfShape(TorchNode node)
    {
        var value = node.Node.Tensor("value") ?? Initializer.Scalar("", 0f);
        var sizes = node.Integers(0);
        var one = TorchTypes.Create(value, node.Device);
        return x => one.reshape([]).expand(sizes(x)).contiguous();
    }

    public static TorchFunction Cast(TorchNode node)
    {
        var type = TorchTypes.Of((ElementType)node.Node.Int("to", 0));
        return x => x[0].to(type);
    }

    /// <summary>The sizes, or some of them; they stay with the host.</summary>
    public static TorchFunction Shape(TorchNode node)
    {
        var (start, end) = (node.Node.Int("start", 0), node.Node.Int("end", long.MaxValue));
        return x =>
        {
            var shape = x[0].shape;
            int Bound(long at) => (int)Math.Clamp(at < 0 ? at + shape.Length : at, 0, shape.Length);
            var sizes = shape[Bound(start)..Math.Max(Bound(start), Bound(end))];
            return TorchTypes.Create(MemoryMarshal.AsBytes(sizes.AsSpan()), ScalarType.Int64, [sizes.Length]);
        };
    }

    public static TorchFunction Flatten(TorchNode node)
    {
        var axis = (int)node.Node.Int("axis", 1);
        if (axis < 0) axis += node.Rank(0);
        if (axis == 1 && node.Rank(0) > 1) return x => x[0].flatten(1);
        return x =>
        {
            var before = x[0].shape[..axis].Aggregate(1L, (product, size) => product * size);
            return x[0].reshape(before, x[0].numel() / Math.Max(before, 1));
        };
    }

    /// <summary>0 keeps an axis, unless allowzero says that it is one of no elements.</summary>
    public static TorchFunction Reshape(TorchNode node)
    {
        var sizes = node.IntegersOf("shape", 1)!;
        var keeps = node.Node.Int("allowzero", 0) == 0;
        return x =>
        {
            var target = sizes(x);
            if (!keeps || Array.IndexOf(target, 0) < 0) return x[0].reshape(target);
            var from = x[0].shape;
            return x[0].reshape([.. target.Select((size, axis) => size == 0 ? from[axis] : size)]);
        };
    }

    public static TorchFunction Squeeze(TorchNode node)
    {
        var axes = node.IntegersOf("axes", 1);
        return x =>
        {
            var shape = x[0].shape;
            var dropped = axes is null ? null : axes(x).Select(a => a < 0 ? a + shape.Length : a).ToHashSet();
            return x[0].reshape([.. shape.Where((size, axis) => dropped is null ? size != 1 : !dropped.Contains(axis))]);
        };
    }

    public static TorchFunction Unsqueeze(TorchNode node)
    {
        var axes = node.IntegersOf("axes", 1)!;
        return x =>
        {
            var added = axes(x);
            var rank = x[0].dim() + added.Length;
            var places = added.Select(a => a < 0 ? a + rank : a).ToHashSet();
            var sizes = new Queue<long>(x[0].shape);
            return x[0].reshape([.. Enumerable.Range(0, (int)rank).Select(axis => places.Contains(axis) ? 1 : sizes.Dequeue())]);
        };
    }

    public static TorchFunction Transpose(TorchNode node)
    {
        long[] order = [.. node.Node.Ints("perm") ?? [.. Enumerable.Range(0, node.Rank(0)).Reverse().Select(axis => (long)axis)]];
        return x => x[0].permute(order);
    }

    public static TorchFunction Concat(TorchNode node)
    {
        var axis = node.Node.Int("axis", 0);
        return x => torch.cat(x.All, axis);
    }

    /// <summary>Both ways: an axis of one element in either grows to the other's size.</summary>
    public static TorchFunction Expand(TorchNode node)
    {
        var sizes = node.Integers(1);
        return x =>
        {
            var (from, to) = (x[0].shape, sizes(x));
            var rank = Math.Max(from.Length, to.Length);
            long At(long[] shape, int axis) => axis < rank - shape.Length ? 1 : shape[axis - rank + shape.Length];
            return x[0].broadcast_to([.. Enumerable.Range(0, rank).Select(axis => At(to, axis) == 1 ? At(from, axis) : At(to, axis))]);
        };
    }

    public static TorchFunction Tile(TorchNode node)
    {
        var repeats = node.Integers(1);
        return x => x[0].repeat(repeats(x));
    }
}
