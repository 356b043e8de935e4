using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

public sealed class GraphOptimizerTests
{
    [Theory]
    [MemberData(nameof(ReferenceOptimizers.Names), MemberType = typeof(ReferenceOptimizers))]
    public void Run_by_ONNX_Runtime_the_graph_gives_PyTorchs_weights_and_those_of_the_fused_optimizer(string name)
    {
        var reference = ReferenceOptimizers.Case(name);
        var run = Run(reference);
        run.AssertEquals(reference);

        var fused = OptimizerRun.Fused(reference);
        foreach (var (step, weights) in fused.Weights)
        {
            foreach (var (weight, expected) in weights)
                Assert.All(expected.Zip(run.Weights[step][weight]), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Fact]
    public void Only_standard_operators_are_used_and_shared_scalars_are_computed_once()
    {
        var graph = Graph(new AdamWOptions(), out _, out _);

        Assert.All(graph.Nodes, node => Assert.Equal(Domains.Onnx, node.Domain));
        Assert.Single(graph.Nodes, node => node.Input(1) == "optimizer/bias_correction1");
        Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(n => n.Output(0)).Distinct().Count());
        Assert.Equal("weight", Assert.Single(graph.Nodes, node => node.Inputs.Any(i => i.StartsWith("optimizer/Mul(learning_rate, weight_decay", StringComparison.Ordinal))).Input(0));
    }

    [Fact]
    public void SGD_without_momentum_needs_no_state()
    {
        _ = Graph(new SgdOptions(), out var optimizer, out var outputs);

        Assert.Equal(["optimizer/learning_rate", "optimizer/gradient_scale"], optimizer.ScalarInputs);
        Assert.All(outputs, output => Assert.Empty(output.State));
    }

    [Fact]
    public void Wrong_options_are_refused() =>
        Assert.Throws<ArgumentException>(() => new GraphOptimizer(new Graph("g"), new AdamOptions { Beta1 = 2 }));

    private static OptimizerRun Run(ReferenceOptimizerCase reference)
    {
        var graph = Graph(reference.ToOptions(), out var optimizer, out var parameters);
        using var session = SessionFactory.Create(new Model(graph).ToBytes(), new SessionSettings { Threads = 1 });
        var shapes = ReferenceOptimizers.All.Weights.ToDictionary(w => w.Name, w => w.Shape);
        var values = ReferenceOptimizers.All.Weights.ToDictionary(w => w.Name, w => w.Floats);
        foreach (var state in parameters.SelectMany(p => p.State.Select(s => (s.Input, p.Weight)))) values[state.Input] = new float[values[state.Weight].Length];

        var snapshots = new Dictionary<string, IReadOnlyDictionary<string, float[]>>();
        foreach (var settings in OptimizerRun.Settings(reference))
        {
            var scalars = new float[optimizer.ScalarInputs.Count];
            optimizer.WriteScalars(settings, scalars);
            var inputs = new Dictionary<string, OrtValue>();
            foreach (var (scalar, value) in optimizer.ScalarInputs.Zip(scalars)) inputs[scalar] = OrtValue.CreateTensorValueFromMemory(new[] { value }, []);
            foreach (var p in parameters)
            {
                inputs[p.Weight] = OrtValue.CreateTensorValueFromMemory(values[p.Weight], shapes[p.Weight]);
                inputs[$"{p.Weight}.gradient"] = OrtValue.CreateTensorValueFromMemory(ReferenceOptimizers.All.Gradients[(int)settings.Step - 1][p.Weight], shapes[p.Weight]);
                foreach (var state in p.State) inputs[state.Input] = OrtValue.CreateTensorValueFromMemory(values[state.Input], shapes[p.Weight]);
            }
            using (var options = new RunOptions())
            using (var results = session.Run(options, inputs, session.OutputNames))
            {
                var byName = session.OutputNames.Zip(results).ToDictionary(r => r.First, r => r.Second.GetTensorDataAsSpan<float>().ToArray());
                foreach (var p in parameters)
                {
                    values[p.Weight] = byName[p.NewWeight];
                    foreach (var state in p.State) values[state.Input] = byName[state.Output];
                }
            }
            foreach (var input in inputs.Values) input.Dispose();
            snapshots[$"{settings.Step}"] = parameters.ToDictionary(p => p.Weight, p => values[p.Weight]);
        }
        return new OptimizerRun(snapshots, parameters.SelectMany(p => p.State.Select(s => (Name: $"{p.Weight}/{s.Slot}", s.Input))).ToDictionary(s => s.Name, s => values[s.Input]));
    }

    private static Graph Graph(OptimizerOptions options, out GraphOptimizer optimizer, out IReadOnlyList<GraphOptimizerOutputs> outputs)
    {
        var graph = new Graph("optimizer");
        var steps = optimizer = new GraphOptimizer(graph, options);
        outputs = [.. ReferenceOptimizers.All.Weights.Select(weight =>
        {
            var type = weight.ToValue().Type!.Value;
            graph.Inputs.Add(new Value(weight.Name, type));
            graph.Inputs.Add(new Value($"{weight.Name}.gradient", type));
            return steps.Append(OptimizerRun.Info(weight), $"{weight.Name}.gradient", type.Shape!);
        })];
        return graph;
    }
}
