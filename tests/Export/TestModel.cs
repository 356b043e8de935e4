using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Export.Tests;

/// <summary>Builds small models node by node; weights are random from the seed.</summary>
internal sealed class TestModel(ulong seed = 1)
{
    private CounterRandom _random = new(seed, RandomPurpose.Initialization);
    private int _next;

    public Graph Graph { get; } = new("test");

    public string Input(string name, ElementType type, params Dimension[] shape)
    {
        Graph.Inputs.Add(new Value(name, type, shape));
        return name;
    }

    public string Weight(string name, params long[] dims) => Uniform(name, -1, 1, dims);

    /// <summary>Uniform values, such as variances, which must be positive.</summary>
    public string Uniform(string name, float from, float to, params long[] dims)
    {
        var tensor = Initializer.Zeros(name, ElementType.Float, dims);
        foreach (ref var value in tensor.Span<float>()) value = from + (to - from) * _random.NextSingle();
        Graph.Initializers.Add(tensor);
        return name;
    }

    public string Floats(string name, float[] values, params long[] dims) => Constant(Initializer.Create<float>(name, values, dims));

    public string Longs(string name, params long[] values) => Constant(Initializer.Create<long>(name, values, values.Length));

    public string Constant(Initializer tensor)
    {
        Graph.Initializers.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node and returns the name of its output.</summary>
    public string Op(string op, params string[] inputs) => Op(op, _ => { }, inputs);

    public string Op(string op, Action<Node> attributes, params string[] inputs)
    {
        var node = new Node(op, inputs, [$"{op.ToLowerInvariant()}{_next}"], $"{op}_{_next++}");
        attributes(node);
        Graph.Nodes.Add(node);
        return node.Outputs[0];
    }

    public string Conv(string input, int from, int to, int kernel = 3, int pad = 1, int group = 1, bool bias = true)
    {
        var name = $"conv{_next}";
        string[] inputs = [input, Weight($"{name}.weight", to, from / group, kernel, kernel)];
        return Op("Conv", n => n.Set("pads", [pad, pad, pad, pad]).Set("group", (long)group), bias ? [.. inputs, Weight($"{name}.bias", to)] : inputs);
    }

    public string BatchNorm(string input, int channels, float varianceFrom = 0.5f, float varianceTo = 2)
    {
        var name = $"bn{_next}";
        return Op("BatchNormalization", input, Uniform($"{name}.weight", 0.5f, 1.5f, channels), Weight($"{name}.bias", channels),
            Weight($"{name}.mean", channels), Uniform($"{name}.variance", varianceFrom, varianceTo, channels));
    }

    public string Gemm(string input, int from, int to, bool bias = true)
    {
        var name = $"fc{_next}";
        string[] inputs = [input, Weight($"{name}.weight", to, from)];
        return Op("Gemm", n => n.Set("transB", 1L), bias ? [.. inputs, Weight($"{name}.bias", to)] : inputs);
    }

    public TestModel Output(string name, ElementType type, params Dimension[] shape)
    {
        Graph.Outputs.Add(new Value(name, type, shape));
        return this;
    }

    public Model Build(long opset = Model.CurrentOpset) => new(Graph, opset);
}
