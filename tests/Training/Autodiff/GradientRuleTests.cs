using OnnxPipeline.Models;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Tests;

/// <summary>Every gradient rule against PyTorch's own gradients, and against central finite differences of ONNX Runtime's forward pass.</summary>
public sealed class GradientRuleTests
{
    public static TheoryData<string> Names => ReferenceCases.NodeNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_gives_the_gradients_that_PyTorch_gives(string name)
    {
        using var node = new NodeGradients(ReferenceCases.Node(name));
        var gradients = node.Gradients();
        foreach (var (input, expected) in node.Reference.Gradients)
            Assert.True(RelativeError(expected.Select(e => (double)e), gradients[input]) <= 1e-5, $"{name}: gradient of '{input}' is off by {RelativeError(expected.Select(e => (double)e), gradients[input]):g3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_gives_the_slope_that_finite_differences_measure(string name)
    {
        using var node = new NodeGradients(ReferenceCases.Node(name));
        var gradients = node.Gradients();
        foreach (var input in node.Reference.Gradients.Keys)
        {
            var error = RelativeError(node.FiniteDifferences(input, 5e-3f), gradients[input]);
            Assert.True(error <= 1e-3, $"{name}: gradient of '{input}' differs from finite differences by {error:g3}");
        }
    }

    [Theory]
    [MemberData(nameof(OwnCases.Names), MemberType = typeof(OwnCases))]
    public void A_rule_without_stored_figures_gives_the_slope_that_finite_differences_measure(string name)
    {
        using var node = new NodeGradients(OwnCases.All.First(c => c.Name == name));
        var gradients = node.Gradients();
        foreach (var input in node.Reference.Gradients.Keys)
            Assert.True(RelativeError(node.FiniteDifferences(input, 5e-3f), gradients[input]) <= 1e-3, $"{name}: gradient of '{input}'");
    }

    [Fact]
    public void Every_rule_of_the_table_has_PyTorchs_figures()
    {
        var covered = ReferenceCases.Nodes.Select(c => c.Domain.Length == 0 ? c.Op : $"{c.Domain}.{c.Op}").ToHashSet();
        // Training replaces dropout by a product; quantisation has figures of its own.
        string[] elsewhere = [Ops.Dropout, Ops.QuantizeLinear, Ops.DequantizeLinear];
        Assert.Empty(GradientRules.Known.Except(covered).Except(elsewhere));
    }

    /// <summary>‖a − b‖ / ‖a‖, with a floor for gradients that vanish.</summary>
    private static double RelativeError(IEnumerable<double> expected, float[] actual)
    {
        var (difference, norm) = (0.0, 0.0);
        foreach (var (e, a) in expected.Zip(actual))
        {
            difference += (e - a) * (e - a);
            norm += e * e;
        }
        return Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), 1e-2);
    }
}
