using OnnxPipeline.Models;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Tests;

/// <summary>What of LSTM, GRU and RNN is not written out is said; what is, the gradients' reference cases show.</summary>
public sealed class RecurrentLoweringTests
{
    [Theory]
    [InlineData("layout", 1L, "the batch as its first axis")]
    [InlineData("input_forget", 1L, "couples its input and forget gates")]
    [InlineData("clip", 3f, "clips its gates")]
    [InlineData("activations", "Sigmoid,Relu,Tanh", "has the activations Sigmoid, Relu, Tanh")]
    public void What_cannot_be_written_out_is_named(string attribute, object value, string expected)
    {
        var model = Lstm(7);
        var node = model.Graph.Nodes.Single();
        _ = value switch
        {
            long number => node.Set(attribute, number),
            float number => node.Set(attribute, number),
            _ => node.Set(attribute, ((string)value).Split(',')),
        };
        var error = Assert.Throws<TrainingException>(() => RecurrentLowering.Apply(model));
        Assert.Contains("'reads'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "sequence_lens")]
    [InlineData(7, "peephole")]
    public void Optional_inputs_that_are_not_covered_are_named(int input, string expected)
    {
        var model = Lstm(7);
        var node = model.Graph.Nodes.Single();
        while (node.Inputs.Count <= input) node.Inputs.Add("");
        node.Inputs[input] = "extra";
        Assert.Contains(expected, Assert.Throws<TrainingException>(() => RecurrentLowering.Apply(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_axis_of_unknown_size_is_refused()
    {
        var error = Assert.Throws<TrainingException>(() => RecurrentLowering.Apply(Lstm("time")));
        Assert.Contains("time, must have a known size; it is [time,batch,3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_usual_activations_may_be_written_down()
    {
        var model = Lstm(2);
        model.Graph.Nodes.Single().Set("activations", ["sigmoid", "tanh", "tanh"]);
        RecurrentLowering.Apply(model);
        Assert.DoesNotContain(model.Graph.Nodes, RecurrentLowering.IsRecurrent);
        Assert.Empty(GraphValidator.Check(model));
    }

    private static Model Lstm(Dimension time)
    {
        var graph = new Graph("reader");
        graph.Inputs.Add(new Value("x", ElementType.Float, time, "batch", 3));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, 1, 16, 3));
        graph.Initializers.Add(Initializer.Zeros("r", ElementType.Float, 1, 16, 4));
        graph.Initializers.Add(Initializer.Zeros("extra", ElementType.Int32, 2));
        graph.Nodes.Add(new Node(Ops.LSTM, ["x", "w", "r"], ["", "last"], "reads").Set("hidden_size", 4));
        graph.Outputs.Add(new Value("last", ElementType.Float, 1, "batch", 4));
        return new Model(graph);
    }
}
