namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of losses over scores [N,C,spatial…] and class indices [N,spatial…].</summary>
internal static class LossShapes
{
    /// <summary>The loss, and the log-probabilities.</summary>
    public static TensorType[] SoftmaxCrossEntropy(NodeContext c) => [Loss(c), c.Type(0)];

    public static TensorType[] NegativeLogLikelihood(NodeContext c) => [Loss(c)];

    private static TensorType Loss(NodeContext c)
    {
        var element = c.FloatElement(0, 2);
        if (c.Type(1).Element is not (ElementType.Int64 or ElementType.Int32 or ElementType.Undefined))
            throw c.Error($"labels ('{c.Node.Inputs[1]}') of Int64 or Int32", $"{c.Type(1).Element}");
        var scores = c.ShapeFrom(0, 2, "[N,C,...]");
        var labels = c.ShapeFrom(1, 1, "[N,...]");
        if (scores is not null)
        {
            var expected = new TensorShape([.. scores.Where((_, axis) => axis != 1)]);
            if (labels is not null && !Dimensions.MayEqual(labels, expected))
                throw c.Error($"labels of shape {expected} for scores {scores}", $"'{c.Node.Inputs[1]}' {labels}");
            labels = labels is null ? expected : Dimensions.Merge(expected, labels);
            c.Vector(2, scores[1], "[C]");
        }
        return new(element, (c.Node.String("reduction") ?? "mean") switch
        {
            "none" => labels,
            "mean" or "sum" => TensorShape.Scalar,
            var other => throw c.Error("attribute 'reduction' to be none, mean or sum", $"'{other}'"),
        });
    }
}
