using OnnxPipeline.Models;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Tests;

/// <summary>A gradient left as tensor times factor is the same gradient, whoever takes it up.</summary>
public sealed class FactoredGradientTests
{
    [Fact]
    public void A_sum_of_a_factored_and_a_plain_gradient_multiplies_the_first_out_once()
    {
        var model = new Model(new Graph("sums"));
        var writer = new GraphWriter(model);
        var factored = new FactoredGradients(writer);
        var sums = new GradientSums(writer, factored);
        sums.Add("x", factored.Declare("g1", "a", rank: 4));
        sums.Add("x", "g2");

        sums.Total("x");
        sums.Total("x");
        Assert.Equal([Ops.Reshape, Ops.Mul, Ops.Add], model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_single_factored_gradient_keeps_its_factor()
    {
        var writer = new GraphWriter(new Model(new Graph("sums")));
        var factored = new FactoredGradients(writer);
        var sums = new GradientSums(writer, factored);
        sums.Add("x", factored.Declare("g", "a", rank: 4));
        Assert.Equal("a", factored.FactorOf(sums.Total("x")!));
        Assert.Empty(writer.Graph.Nodes);
    }
}
