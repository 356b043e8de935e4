namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of normalisations.</summary>
internal static class NormalizationShapes
{
    /// <summary>Y, and in training mode the new running mean and variance. Scale, bias, mean and variance are one value a channel.</summary>
    public static TensorType[] Batch(NodeContext c)
    {
        var element = c.FloatElement(0);
        var x = c.ShapeFrom(0, 2, "[N,C,...]");
        var perChannel = Channels(c, x, 1, 2, 3, 4);
        var running = new TensorType(c.FloatElement(3, 4), perChannel);
        if (c.Opset < 14) return [new(element, x), running, running, running, running];
        if (c.Node.Int("training_mode", 0) != 0) return [new(element, x), running, running];
        return c.Node.Outputs.Skip(1).Any(o => o.Length > 0)
            ? throw c.Error("attribute 'training_mode' of 1 beside the running mean and variance as outputs", "0")
            : [new(element, x)];
    }

    /// <summary>Y, mean and inverse standard deviation; the last two have 1 in place of the normalised axes.</summary>
    public static TensorType[] Layer(NodeContext c)
    {
        var element = c.FloatElement(0, 1, 2);
        var statistics = (ElementType)c.Node.Int("stash_type", (int)ElementType.Float);
        if (c.ShapeFrom(0, 1, "[...]") is not { } x) return [new(element, null), new(statistics, null), new(statistics, null)];
        var axis = c.Axis(c.Node.Int("axis", -1), x.Rank);
        foreach (var input in new[] { 1, 2 })
        {
            if (c.Optional(input)?.Shape is { } parameter && (Broadcasting.Broadcast(parameter, x) is not { } both || !Dimensions.MayEqual(both, x)))
                throw c.Error($"input {input} ('{c.Node.Inputs[input]}') of a shape that stretches to the normalised axes of {x}", $"{parameter}");
        }
        var reduced = new TensorShape([.. x.Select((d, i) => i < axis ? d : 1)]);
        return [new(element, x), new(statistics, reduced), new(statistics, reduced)];
    }

    /// <summary>InstanceNormalization: scale and bias are one value a channel.</summary>
    public static TensorType[] Instance(NodeContext c)
    {
        var x = c.ShapeFrom(0, 3, "[N,C,spatial...]");
        Channels(c, x, 1, 2);
        return [new(c.FloatElement(0, 1, 2), x)];
    }

    private static TensorShape? Channels(NodeContext c, TensorShape? x, params int[] inputs)
    {
        var channels = x?[1] ?? Dimension.Unknown;
        foreach (var input in inputs)
        {
            c.Type(input);
            c.Vector(input, channels, "[C]");
            if (c.Shape(input) is { } vector) channels = Dimensions.Merge(channels, vector[0]);
        }
        return new TensorShape(channels);
    }
}
