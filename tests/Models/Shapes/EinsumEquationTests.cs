using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

public sealed class EinsumEquationTests
{
    [Theory]
    [InlineData("ij,jk->ik", "2,2", "ij,jk->ik")]
    [InlineData(" i j , j k ", "2,2", "ij,jk->ik")]
    [InlineData("ba,ac", "2,2", "ba,ac->bc")]
    [InlineData("i,i", "1,1", "i,i->")]
    [InlineData("ij->ji", "2", "ij->ji")]
    [InlineData("...ij,jk->...ik", "4,2", "baij,jk->baik")]
    [InlineData("...i,...i", "3,2", "bai,ai->ba")]
    [InlineData("a...,b->ab...", "2,1", "ac,b->abc")]
    [InlineData("...i->i", "3", "bai->i")]
    public void Ellipses_and_outputs_are_written_out(string equation, string ranks, string expected)
    {
        var parsed = EinsumEquation.Parse(equation, [.. ranks.Split(',').Select(int.Parse)]);
        // Spare letters are any that the equation does not use.
        Assert.Equal(Renamed(expected), Renamed($"{string.Join(',', parsed.Operands)}->{parsed.Output}"));
    }

    [Theory]
    [InlineData("ij,jk->ik", "2", "2 operands; expected 1")]
    [InlineData("ij->ik", "2", "'k' in its output, which no operand has")]
    [InlineData("ij->ii", "2", "twice")]
    [InlineData("ij->i->j", "2", "operands")]
    [InlineData("ij", "3", "does not fit an operand of 3 axes")]
    [InlineData("ij...", "1", "does not fit an operand of 1 axes")]
    [InlineData("i.j", "2", "expected a letter for each axis")]
    [InlineData("", "1", "does not fit")]
    [InlineData("i$->i", "2", "expected a letter for each axis")]
    public void What_is_no_equation_is_said(string equation, string ranks, string expected)
    {
        var error = Assert.Throws<FormatException>(() => EinsumEquation.Parse(equation, [.. ranks.Split(',').Select(int.Parse)]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_of_an_Einsum_has_the_sizes_of_its_letters()
    {
        var g = new GraphBuilder("net");
        var (a, b) = (g.Input("a", ElementType.Float, "batch", 3, 4), g.Input("b", ElementType.Float, 4, 5));
        Assert.Equal("[batch,3,5]", g.Node("Einsum", [a, b], [("equation", "bij,jk->bik")]).Shape!.ToString());
        Assert.Contains("one size for axis 'i'", Assert.Throws<GraphException>(() => g.Node("Einsum", [a, b], [("equation", "bij,ik->bjk")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LSTM", "forward", 0, "[7,1,batch,6] [1,batch,6]")]
    [InlineData("GRU", "bidirectional", 0, "[7,2,batch,6] [2,batch,6]")]
    [InlineData("RNN", "reverse", 0, "[7,1,batch,6] [1,batch,6]")]
    public void A_recurrent_node_gives_all_its_states_and_the_last(string op, string direction, int layout, string expected)
    {
        var (gates, directions) = (op == "LSTM" ? 4 : op == "GRU" ? 3 : 1, direction == "bidirectional" ? 2 : 1);
        var graph = new Graph("net");
        graph.Inputs.Add(new Value("x", ElementType.Float, 7, "batch", 5));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, directions, gates * 6, 5));
        graph.Initializers.Add(Initializer.Zeros("r", ElementType.Float, directions, gates * 6, 6));
        graph.Nodes.Add(new Node(op, ["x", "w", "r"], ["y", "last"]).Set("hidden_size", 6).Set("direction", direction).Set("layout", layout));
        var types = ShapeInference.Infer(new Model(graph));
        Assert.Equal(expected, $"{types["y"].Shape} {types["last"].Shape}");
    }

    /// <summary>Letters by their first appearance, so that only which are alike counts.</summary>
    private static string Renamed(string equation)
    {
        var order = equation.Where(char.IsAsciiLetter).Distinct().ToList();
        return string.Concat(equation.Select(c => char.IsAsciiLetter(c) ? (char)('A' + order.IndexOf(c)) : c));
    }
}
