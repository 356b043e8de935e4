using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Tables;

/// <summary>Models of tables without this pipeline's metadata: options take its place.</summary>
public sealed class ForeignTableTests
{
    [Fact]
    public void Columns_labels_and_threshold_are_given_as_options()
    {
        var model = Model.Parse(TestTables.Model());
        model.Metadata.Clear();
        Assert.Contains("TablePredictorOptions.Columns", Assert.Throws<ModelException>(() => TablePredictor.Open(model.ToBytes())).Message, StringComparison.Ordinal);
        using var open = TablePredictor.Open(model.ToBytes(), new() { Columns = TestTables.Columns, Labels = TestTables.Labels, Threshold = 0.01 });
        var prediction = open.Predict(["0", "", "no", "2000-01-01"]);
        Assert.Equal(TestTables.Yes(0), prediction.Probabilities[1], 1e-5);
        Assert.Equal("yes", prediction.Top.Label);
        using var unnamed = TablePredictor.Open(model.ToBytes(), new() { Columns = TestTables.Columns });
        Assert.Equal(["0", "1"], unnamed.Labels);
        Assert.Contains("2 classes, but there are 3 labels", Assert.Throws<ModelException>(() => TablePredictor.Open(model.ToBytes(), new() { Columns = TestTables.Columns, Labels = ["a", "b", "c"] })).Message, StringComparison.Ordinal);
        Assert.Contains("describe the inputs age, colour", Assert.Throws<ModelException>(() => TablePredictor.Open(model.ToBytes(), new() { Columns = [Number("age"), Number("colour")] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_input_may_take_all_numbers_as_most_converters_make_it()
    {
        var model = Linear(extraOutput: true);
        TablePredictorOptions options = new() { Columns = [Number("a"), Number("b")], Target = "price" };
        Assert.Contains("say which with TablePredictorOptions.Output", Assert.Throws<ModelException>(() => TablePredictor.Open(model, options)).Message, StringComparison.Ordinal);
        using var open = TablePredictor.Open(model, options with { Output = "y" });
        Assert.Equal(3 * 2 + 5 * 10, open.PredictValue(["3", "5"]), 1e-5);
        Assert.Equal([21f, 43f], open.Run([0.5f, 2, 1.5f, 4], []));
        Assert.Contains("no output 'z'", Assert.Throws<ModelException>(() => TablePredictor.Open(model, options with { Output = "z" })).Message, StringComparison.Ordinal);
    }

    private static TableColumn Number(string name) => new() { Name = name, Kind = ColumnKind.Number };

    /// <summary>y = 2a + 10b.</summary>
    private static byte[] Linear(bool extraOutput)
    {
        var graph = new Graph("linear");
        graph.Inputs.Add(new Value("X", ElementType.Float, "batch", 2));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 1));
        if (extraOutput) graph.Outputs.Add(new Value("y2", ElementType.Float, "batch", 1));
        graph.Initializers.Add(Initializer.Create<float>("w", [2f, 10], 2, 1));
        graph.Nodes.Add(new Node("MatMul", ["X", "w"], ["y"]));
        if (extraOutput) graph.Nodes.Add(new Node("Neg", ["y"], ["y2"]));
        return new Model(graph).ToBytes();
    }
}
