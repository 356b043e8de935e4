namespace OnnxPipeline.Models.Tests.Shapes;

/// <summary>Every mismatch is an error that names the node, what was expected and what was found.</summary>
public sealed class ShapeErrorTests
{
    private static readonly Dictionary<string, (Action<GraphBuilder> Build, string Expected, string Found)> Cases = new()
    {
        ["image of other channels"] = (g => g.Node("Conv", [X(g, 1, 3, 8, 8), X(g, 4, 5, 3, 3)]), "an image of 5 channels", "3 channels"),
        ["kernel larger than the image"] = (g => g.Node("Conv", [X(g, 1, 3, 2, 2), X(g, 4, 3, 5, 5)]), "at least 5", "2"),
        ["bytes into a convolution"] = (g => g.Node("Conv", [g.Input("b", ElementType.UInt8, 1, 3, 8, 8), X(g, 4, 3, 3, 3)]), "one element type", "Float"),
        ["bytes into Sigmoid"] = (g => g.Node("Sigmoid", [g.Input("b", ElementType.UInt8, 4)]), "floating-point", "UInt8"),
        ["groups that do not divide"] = (g => g.Node("Conv", [X(g, 1, 4, 8, 8), X(g, 3, 2, 3, 3)], [("group", 2)]), "2 groups divide", "3"),
        ["three pads for two axes"] = (g => g.Node("Conv", [X(g, 1, 3, 8, 8), X(g, 4, 3, 3, 3)], [("pads", [1, 1, 1])]), "'pads' of 4 numbers", "[1,1,1]"),
        ["kernel_shape beside another kernel"] = (g => g.Node("Conv", [X(g, 1, 3, 8, 8), X(g, 4, 3, 3, 3)], [("kernel_shape", [5, 5])]), "[5,5]", "[4,3,3,3]"),
        ["convolution bias of another length"] = (g => g.Node("Conv", [X(g, 1, 3, 8, 8), X(g, 4, 3, 3, 3), X(g, 5)]), "[4]", "[5]"),
        ["inner sizes of a product"] = (g => g.Node("Gemm", [X(g, 2, 3), X(g, 4, 5)]), "gives 3", "4"),
        ["inner sizes of a batched product"] = (g => g.Node("MatMul", [X(g, 7, 2, 3), X(g, 4, 5)]), "gives 3", "4"),
        ["bias that does not stretch"] = (g => g.Node("Gemm", [X(g, 2, 3), X(g, 3, 5), X(g, 4)]), "stretches to [2,5]", "[4]"),
        ["shapes that do not broadcast"] = (g => g.Node("Add", [X(g, 2, 3), X(g, 2, 4)]), "broadcast", "[2,4]"),
        ["two element types"] = (g => g.Node("Add", [X(g, 2), g.Constant(1L)]), "one element type", "Int64"),
        ["scale of another length"] = (g => g.Node("BatchNormalization", [X(g, 2, 3), X(g, 4), X(g, 3), X(g, 3), X(g, 3)]), "[3]", "[4]"),
        ["statistics without training"] = (g => g.Nodes("BatchNormalization", [X(g, 2, 3), X(g, 3), X(g, 3), X(g, 3), X(g, 3)], 3), "training_mode", "0"),
        ["elements lost by Reshape"] = (g => g.Node("Reshape", [X(g, 2, 3), g.Vector(4, 2)]), "6 elements", "of 8"),
        ["a rest that does not divide"] = (g => g.Node("Reshape", [X(g, 2, 3), g.Vector(4, -1)]), "divides 6", "4"),
        ["an order that is none"] = (g => g.Node("Transpose", [X(g, 2, 3)], [("perm", [0, 0])]), "order of the 2 axes", "[0,0]"),
        ["parts that do not add up"] = (g => g.Nodes("Split", [X(g, 5), g.Vector(2, 2)], 2), "add up to 5", "[2,2]"),
        ["parts that differ elsewhere"] = (g => g.Node("Concat", [X(g, 2, 3), X(g, 3, 3)], [("axis", 1)]), "only in axis 1", "[3,3]"),
        ["an axis out of range"] = (g => g.Node("Softmax", [X(g, 2, 3)], [("axis", 2)]), "from -2 to 1", "2"),
        ["squeezing an axis of 3"] = (g => g.Node("Squeeze", [X(g, 2, 3), g.Vector(1)]), "size 1", "[2,3]"),
        ["k beyond the axis"] = (g => g.Nodes("TopK", [X(g, 2, 3), g.Vector(4)], 2), "at most 3", "4"),
        ["labels of another batch"] = (g => g.Node("SoftmaxCrossEntropyLoss", [X(g, 4, 3), g.Vector(0, 1)]), "[4]", "[2]"),
        ["float labels"] = (g => g.Node("SoftmaxCrossEntropyLoss", [X(g, 4, 3), X(g, 4)]), "Int64", "Float"),
        ["a condition of floats"] = (g => g.Node("Where", [X(g, 2), X(g, 2), X(g, 2)]), "Bool", "Float"),
        ["a missing input"] = (g => g.Node("Gemm", [X(g, 2, 3)]), "input 1", "none"),
        ["a value that nobody makes"] = (g => g.Node("Relu", ["ghost"]), "'ghost'", "no such value"),
        ["more outputs than the op has"] = (g => g.Nodes("Relu", [X(g, 2)], 2), "at most 1", "2"),
        ["a cast to nothing"] = (g => g.Node("Cast", [X(g, 2)]), "'to'", "0"),
        ["a zero stride"] = (g => g.Node("MaxPool", [X(g, 1, 1, 4, 4)], [("kernel_shape", [2, 2]), ("strides", [0, 1])]), "at least 1", "[0,1]"),
        ["a zero step"] = (g => g.Node("Slice", [X(g, 4), g.Vector(0), g.Vector(2), g.Vector(0), g.Vector(0)]), "other than 0", "0"),
        ["a scale for other channels"] = (g => g.Node("DequantizeLinear", [g.Input("q", ElementType.Int8, 2, 3), X(g, 4)]), "3 values", "[4]"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mismatch_names_node_expected_and_found_and_adds_nothing(string name)
    {
        var g = new GraphBuilder("case");
        var (build, expected, found) = Cases[name];
        var error = Assert.Throws<GraphException>(() => build(g));
        Assert.StartsWith("Node '", error.Message, StringComparison.Ordinal);
        var parts = error.Message.Split("found ");
        Assert.Contains(expected, parts[0], StringComparison.Ordinal);
        Assert.Contains(found, parts[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(g.Graph.Nodes, n => !n.Is(Ops.Constant));
    }

    private static GraphValue X(GraphBuilder g, params long[] shape) => g.Input(g.Numbered("x"), new TensorType(ElementType.Float, TensorShape.Of(shape)));
}
