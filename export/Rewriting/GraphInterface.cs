using OnnxPipeline.Models;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Changes the declared shapes of a graph's inputs and outputs, and puts them back where the graph contradicts them.</summary>
internal sealed class GraphInterface(GraphRewriter rewriter)
{
    private readonly Value[] _inputs = [.. rewriter.Graph.Inputs];
    private readonly Value[] _outputs = [.. rewriter.Graph.Outputs];
    private readonly Value[] _infos = [.. rewriter.Graph.ValueInfos];

    /// <summary>Changes axes of the inputs a caller must give, and of the outputs. Recorded types of other values go: they may fix what is free now.</summary>
    public void Change(Func<Dimension, int, Dimension> inputAxis, Func<Dimension, int, Dimension> outputAxis)
    {
        var graph = rewriter.Graph;
        var required = graph.RequiredInputs.ToHashSet();
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            if (required.Contains(graph.Inputs[i])) graph.Inputs[i] = With(graph.Inputs[i], inputAxis);
        }
        for (var i = 0; i < graph.Outputs.Count; i++) graph.Outputs[i] = With(graph.Outputs[i], outputAxis);
        graph.ValueInfos.Clear();
    }

    /// <summary>The types of all values under the changed interface; null and why when the graph contradicts it.</summary>
    public IReadOnlyDictionary<string, TensorType>? Infer(out string reason)
    {
        reason = "";
        try
        {
            return ShapeInference.Infer(rewriter.Model);
        }
        catch (GraphException exception)
        {
            reason = exception.Message;
            return null;
        }
    }

    public void Restore()
    {
        Replace(rewriter.Graph.Inputs, _inputs);
        Replace(rewriter.Graph.Outputs, _outputs);
        Replace(rewriter.Graph.ValueInfos, _infos);
    }

    private static void Replace(List<Value> values, Value[] by)
    {
        values.Clear();
        values.AddRange(by);
    }

    private static Value With(Value value, Func<Dimension, int, Dimension> axis) => value.Type is { Shape: { } shape } type
        ? new Value(value.Name, type with { Shape = new TensorShape([.. shape.Select(axis)]) })
        : value;
}
