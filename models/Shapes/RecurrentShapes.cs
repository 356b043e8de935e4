namespace OnnxPipeline.Models.Shapes;

/// <summary>The rule of LSTM, GRU and RNN.</summary>
internal static class RecurrentShapes
{
    /// <summary>From X [time, batch, input], or with layout 1 [batch, time, input]: all states [time, direction, batch, hidden], the last ones [direction, batch, hidden].</summary>
    public static TensorType[] Infer(NodeContext c)
    {
        var element = c.FloatElement(0, 1, 2);
        var x = c.ShapeOf(0, 3, "[time, batch, input]");
        var recurrent = c.ShapeOf(2, 3, "[direction, gates*hidden, hidden]");
        if (c.ShapeOf(1, 3, "[direction, gates*hidden, input]") is { } weights && x is not null && !Dimensions.MayEqual(weights[2], x[2]))
            throw c.Error($"weights for {x[2]} inputs", $"'{c.Node.Inputs[1]}' {weights}");
        var batchFirst = c.Node.Int("layout", 0) != 0;
        var (time, batch) = x is null ? (Dimension.Unknown, Dimension.Unknown) : batchFirst ? (x[1], x[0]) : (x[0], x[1]);
        var directions = c.Node.String("direction") == "bidirectional" ? 2 : 1;
        var hidden = c.Node.Int("hidden_size", 0) is > 0 and var given ? given : recurrent?[2] ?? Dimension.Unknown;
        var all = batchFirst ? new TensorShape(batch, time, directions, hidden) : new TensorShape(time, directions, batch, hidden);
        var last = batchFirst ? new TensorShape(batch, directions, hidden) : new TensorShape(directions, batch, hidden);
        return [.. c.Node.Outputs.Select((_, i) => new TensorType(element, i == 0 ? all : last))];
    }
}
