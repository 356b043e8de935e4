using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>What picks elements by index. ONNX counts negative indices from the end; the remainder makes them PyTorch's.</summary>
internal static class IndexingOps
{
    public static TorchFunction Gather(TorchNode node)
    {
        var axis = node.Node.Int("axis", 0);
        if (axis < 0) axis += node.Rank(0);
        return x =>
        {
            var (data, indices) = (x[0], FromFront(x[1], x[0].size((int)axis)));
            var picked = data.index_select(axis, indices.flatten());
            var shape = data.shape;
            return picked.reshape([.. shape[..(int)axis], .. indices.shape, .. shape[((int)axis + 1)..]]);
        };
    }

    public static TorchFunction GatherElements(TorchNode node)
    {
        var axis = node.Node.Int("axis", 0);
        return x => x[0].gather(axis, FromFront(x[1], x[0].size((int)axis)));
    }

    /// <summary>The last axis of the indices addresses axes of the data behind the batch's, which become one.</summary>
    public static TorchFunction GatherND(TorchNode node)
    {
        var batches = (int)node.Node.Int("batch_dims", 0);
        return x =>
        {
            var (data, indices) = (x[0].shape, x[1].to(ScalarType.Int64));
            var places = indices.shape;
            var depth = (int)places[^1];
            var batch = data[..batches].Aggregate(1L, (product, size) => product * size);
            var addressed = data[batches..(batches + depth)];
            // Every address becomes one number, counted within the batch's own elements.
            var flat = torch.zeros([.. places[..^1]], ScalarType.Int64, indices.device);
            for (var i = 0; i < depth; i++) flat = flat.mul(addressed[i]).add(indices.select(-1, i).remainder(addressed[i]));
            var cells = addressed.Aggregate(1L, (product, size) => product * size);
            var rows = flat.reshape(batch, -1).add(torch.arange(batch, ScalarType.Int64, indices.device).mul(cells).unsqueeze(1));
            long[] rest = data[(batches + depth)..];
            return x[0].reshape([batch * cells, .. rest]).index_select(0, rows.flatten()).reshape([.. places[..^1], .. rest]);
        };
    }

    public static TorchFunctions TopK(TorchNode node)
    {
        var count = node.IntegersOf("k", 1)!;
        var axis = (int)node.Node.Int("axis", -1);
        var (largest, sorted) = (node.Node.Int("largest", 1) != 0, node.Node.Int("sorted", 1) != 0);
        return x =>
        {
            var (values, indices) = x[0].topk((int)count(x)[0], axis, largest, sorted);
            return [values, indices];
        };
    }

    /// <summary>An index out of range makes a row of off values.</summary>
    public static TorchFunction OneHot(TorchNode node)
    {
        var depth = node.Integers(1);
        var axis = node.Node.Int("axis", -1);
        return x =>
        {
            var count = depth(x)[0];
            var indices = x[0].to(ScalarType.Int64);
            var at = torch.where(indices.lt(0), indices.add(count), indices).unsqueeze(axis);
            long[] across = [.. Enumerable.Repeat(1L, (int)at.dim())];
            across[axis < 0 ? axis + across.Length : axis] = count;
            var hits = at.eq(torch.arange(count, ScalarType.Int64, indices.device).reshape(across));
            return torch.where(hits, x[2].select(0, 1), x[2].select(0, 0));
        };
    }

    public static TorchFunction ArgMax(TorchNode node)
    {
        var (axis, keeps) = (node.Node.Int("axis", 0), node.Node.Int("keepdims", 1) != 0);
        if (node.Node.Int("select_last_index", 0) != 0) throw TorchNode.Declined("PyTorch's argmax gives the first of equal values, not the last");
        return x => x[0].argmax(axis, keeps);
    }

    private static Tensor FromFront(Tensor indices, long size) => indices.to(ScalarType.Int64).remainder(size);
}
