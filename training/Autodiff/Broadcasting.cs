namespace OnnxPipeline.Training.Autodiff;

/// <summary>Undoes broadcasting: a gradient of the output's shape is summed over the axes along which the input was repeated.</summary>
internal static class Broadcasting
{
    public static string SumTo(GradientContext context, string gradient, string output, string input)
    {
        var from = context.Shape(output);
        var to = context.Shape(input);
        var extra = from.Rank - to.Rank;
        var axes = new List<long>();
        for (var axis = 0; axis < from.Rank; axis++)
        {
            if (axis < extra || (to[axis - extra].Size == 1 && from[axis].Size != 1)) axes.Add(axis);
            else if (to[axis - extra] != from[axis] && (to[axis - extra].Size is null || from[axis].Size is null) && to[axis - extra].Symbol is null)
                throw new AutodiffException($"{context.Node.DisplayName}: cannot tell whether axis {axis - extra} of '{input}' {to} was broadcast to {from}; give the input a known size.");
        }
        if (axes.Count == 0) return gradient;

        var onlyLeading = axes.All(axis => axis < extra);
        var sum = context.ReduceSum(gradient, axes, keepDims: !onlyLeading);
        return onlyLeading || extra == 0 ? sum : context.ReshapeLike(sum, input);
    }
}
