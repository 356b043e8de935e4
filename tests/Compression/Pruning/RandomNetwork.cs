using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Compression.Tests.Pruning;

/// <summary>Networks of random layers with random weights: sums, joins, groups, factors, and ops that channels cannot be followed through.</summary>
internal sealed class RandomNetwork
{
    private readonly GraphBuilder _graph = new("random");
    private readonly CounterRandom _random;

    private RandomNetwork(int seed) => _random = new CounterRandom((ulong)seed, RandomPurpose.Sampling);

    /// <summary>x [batch,3,6,6] → some layers → logits [batch,5].</summary>
    public static Model Create(int seed)
    {
        var network = new RandomNetwork(seed);
        var x = network.Convolution(network._graph.Input("x", ElementType.Float, "batch", 3, 6, 6), 8);
        for (var layers = 3 + network._random.Next(6); layers > 0; layers--) x = network.Layer(x);
        network._graph.Output(network.Head(x), "logits");
        var model = network._graph.Build();
        network.Fill(model);
        return model;
    }

    private int Channels(GraphValue x) => (int)x.Shape![1].Size!.Value;

    private GraphValue Convolution(GraphValue x, int channels, int groups = 1) =>
        _random.Next(2) == 0 ? _graph.Conv2d(x, channels, kernel: 1, groups: groups) : _graph.Conv2d(x, channels, kernel: 3, padding: 1, groups: groups, bias: false);

    private GraphValue Layer(GraphValue x)
    {
        var channels = Channels(x);
        switch (_random.Next(17))
        {
            case 0: return Convolution(x, 4 + 4 * _random.Next(3));
            case 1: return _graph.BatchNorm2d(x);
            case 2: return _graph.Relu(Convolution(x, channels, groups: channels));
            case 3: return channels % 2 == 0 ? Convolution(x, 2 * channels, groups: channels) : x;
            case 4: return channels % 2 == 0 ? Convolution(x, channels, groups: 2) : x;
            case 5: return _graph.Add(x, _graph.Sigmoid(Convolution(x, channels)));
            case 6: return _graph.Concat([x, Convolution(x, 4)]);
            case 7: return _graph.Node(Ops.Mul, [x, _graph.Constant<float>(Numbers(channels), [channels, 1, 1])]);
            case 8: return Squeeze(x);
            case 9: return _graph.Node(Ops.Transpose, [_graph.Relu(_graph.Node(Ops.Transpose, [x], [("perm", new long[] { 0, 2, 3, 1 })]))], [("perm", new long[] { 0, 3, 1, 2 })]);
            case 10: return _graph.Softmax(Convolution(x, channels), axis: 1);
            case 11: return _graph.Node(Ops.LRN, [x], [("size", 3)]);
            case 12: return _graph.Dropout(_graph.LeakyRelu(x), 0.3);
            case 13: return _graph.Node(Ops.InstanceNormalization, [x, Weight("scale", channels), Weight("shift", channels)]);
            case 14: return Doubled(x);
            case 15: return _graph.Node(Ops.Slice, [x, _graph.Vector(0), _graph.Vector(Math.Max(1, channels - 2)), _graph.Vector(1)]);
            default: return _graph.Add(_graph.AveragePool2d(x, kernel: 3, stride: 1, padding: 1), _graph.Relu(x));
        }
    }

    /// <summary>x · sigmoid(W₂·relu(W₁·mean(x))): squeeze and excitation.</summary>
    private GraphValue Squeeze(GraphValue x)
    {
        var channels = Channels(x);
        var mean = _random.Next(2) == 0 ? _graph.GlobalAveragePool(x) : _graph.Node(Ops.ReduceMean, [x], [("axes", new long[] { 2, 3 })]);
        var inner = _graph.Relu(_graph.Conv2d(mean, 4, kernel: 1));
        return _graph.Node(Ops.Mul, [x, _graph.Sigmoid(_graph.Conv2d(inner, channels, kernel: 1))]);
    }

    /// <summary>Two convolutions with one weight, whose inputs and outputs are therefore tied.</summary>
    private GraphValue Doubled(GraphValue x)
    {
        var channels = Channels(x);
        var weight = Weight("shared", channels, channels, 1, 1);
        var once = _graph.Relu(_graph.Node(Ops.Conv, [x, weight]));
        return _graph.Node(Ops.Conv, [once, weight]);
    }

    private GraphValue Head(GraphValue x)
    {
        var channels = Channels(x);
        var area = x.Shape![2].Size!.Value * x.Shape![3].Size!.Value;
        x = _random.Next(5) switch
        {
            0 => _graph.Flatten(x),
            1 => _graph.Flatten(_graph.GlobalAveragePool(x)),
            2 => _graph.Node(Ops.Reshape, [x, _graph.Vector(0, -1)]),
            3 => _graph.Node(Ops.Reshape, [x, _graph.Vector(-1, channels * area)]),
            _ => _graph.Node(Ops.ReduceMean, [_graph.Node(Ops.Unsqueeze, [_graph.Flatten(_graph.MaxPool2d(x, 2)), _graph.Vector(2)])], [("axes", new long[] { 2 }), ("keepdims", 0)]),
        };
        x = _graph.Relu(_graph.BatchNorm1d(_graph.Linear(x, 12)));
        if (_random.Next(2) == 0) x = _graph.Add(x, _graph.Tanh(_graph.Linear(x, 12)));
        if (_random.Next(2) == 0) x = _graph.Add(_graph.Node(Ops.MatMul, [x, Weight("product", 12, 10)]), Weight("offset", 10));
        return _graph.Linear(x, 5);
    }

    private GraphValue Weight(string stem, params long[] dims)
    {
        var name = _graph.Numbered(stem);
        return _graph.Initializer(Initializer.Create<float>(name, Numbers((int)dims.Aggregate(1L, (p, d) => p * d)), dims));
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(0.5 * _random.NextNormal()))];

    /// <summary>Nothing is left at a 0 or 1 that would hide a mistake; variances are positive.</summary>
    private void Fill(Model model)
    {
        foreach (var tensor in model.Graph.Initializers.Where(t => t.ElementType == ElementType.Float))
        {
            foreach (ref var value in tensor.Span<float>()) value = tensor.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f + (float)_random.NextDouble() : value + (float)(0.3 * _random.NextNormal());
        }
    }
}
