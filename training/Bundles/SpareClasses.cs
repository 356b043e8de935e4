using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.Training.Bundles;

/// <summary>
/// Gives a classifier's last layer room for more classes. A spare class has weights of 0 and a bias at which its probability, and with
/// it every gradient of its weights, is exactly 0: it is never answered and never moves until a device sets it up.
/// </summary>
internal static class SpareClasses
{
    /// <summary>Changes the model in place.</summary>
    /// <exception cref="TrainingException">The last layer is of another form.</exception>
    public static BundleHead Add(Model model, string logits, int classes, int spare)
    {
        var graph = model.Graph;
        var head = BundleHeads.Linear(graph, logits);
        var weight = graph.Initializers[head.Weight];
        if (weight.Dims.Count != 2 || weight.Dims[head.Axis] != classes)
            throw new TrainingException($"No class can be added to the model: '{head.Weight}' is {weight.Type}; expected a matrix with {classes} classes along axis {head.Axis}. Leave out the spare classes.");
        var bias = head.Bias ?? AddBias(graph, head, logits, classes);

        Replace(graph, head.Weight, Widened(weight.Span<float>(), (int)weight.Dims[1 - head.Axis], classes, spare, head.Axis),
            head.Axis == 0 ? [classes + spare, weight.Dims[1]] : [weight.Dims[0], classes + spare]);
        Replace(graph, bias, [.. graph.Initializers[bias].Span<float>(), .. Enumerable.Repeat(BundleManifest.UnusedBias, spare)], [classes + spare]);
        // Sizes that were recorded, of the outputs too, are those of fewer classes.
        graph.ValueInfos.Clear();
        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            if (graph.Outputs[i].Type is { Element: ElementType.Float, Shape: { Rank: 2 } shape } && shape[1].Size == classes)
                graph.Outputs[i] = new Value(graph.Outputs[i].Name, new TensorType(ElementType.Float, shape.With(1, classes + spare)));
        }
        return new BundleHead(head.Weight, bias, head.Axis);
    }

    private static string AddBias(Graph graph, LinearHead head, string logits, int classes)
    {
        var bias = $"{head.Weight}.bias";
        graph.Initializers.Add(Initializer.Zeros(bias, ElementType.Float, classes));
        if (head.Product.Is(Ops.Gemm))
        {
            head.Product.Inputs.Add(bias);
            return bias;
        }
        var product = $"{logits}.product";
        head.Product.Outputs[0] = product;
        graph.Nodes.Insert(graph.Nodes.IndexOf(head.Product) + 1, new Node(Ops.Add, [product, bias], [logits], $"{logits}.bias"));
        return bias;
    }

    private static float[] Widened(ReadOnlySpan<float> weights, int features, int classes, int spare, int axis)
    {
        var wide = new float[features * (classes + spare)];
        if (axis == 0) weights.CopyTo(wide);
        else for (var row = 0; row < features; row++) weights.Slice(row * classes, classes).CopyTo(wide.AsSpan(row * (classes + spare)));
        return wide;
    }

    private static void Replace(Graph graph, string name, float[] values, long[] dims)
    {
        var index = graph.Initializers.IndexOf(graph.Initializers[name]);
        graph.Initializers[index] = Initializer.Create<float>(name, values, dims);
    }
}
