using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace OnnxPipeline.Benchmarks.Torch;

/// <summary>A network as one writes it in TorchSharp, modules and optimizer, on one batch of random samples.</summary>
internal sealed class DirectTorchSubject : IBenchmarkSubject
{
    private const int Classes = 10;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly nn.Module<Tensor, Tensor, Tensor> _loss = nn.CrossEntropyLoss();
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _samples;
    private readonly Tensor _labels;

    private DirectTorchSubject(nn.Module<Tensor, Tensor> network, Func<nn.Module<Tensor, Tensor>, optim.Optimizer> optimizer, long[] samples, int warmup)
    {
        (_network, _optimizer) = (network, optimizer(network));
        (_samples, _labels) = (rand(samples), randint(Classes, [samples[0]], ScalarType.Int64));
        Run(warmup);
    }

    public string Name => $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}, {Environment.ProcessorCount} thread(s)";

    /// <summary>MLP 784-128-64-10, batch 32, Adam.</summary>
    public static DirectTorchSubject Mlp() => new(
        nn.Sequential(("fc1", nn.Linear(784, 128)), ("relu1", nn.ReLU()), ("fc2", nn.Linear(128, 64)), ("relu2", nn.ReLU()), ("fc3", nn.Linear(64, Classes))),
        network => optim.Adam(network.parameters()), [32, 784], warmup: 200);

    /// <summary>Six 3x3 convolutions (32, 32, 64, 64, 128, 128) with BatchNorm, three poolings, 3x32x32, batch 128, SGD.</summary>
    public static DirectTorchSubject Cnn()
    {
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add(($"{layers.Count}", layer));
        var channels = 3;
        foreach (var filters in new[] { 32, 64, 128 })
        {
            for (var i = 0; i < 2; i++)
            {
                Add(nn.Conv2d(channels, filters, 3L, padding: 1L, bias: false));
                Add(nn.BatchNorm2d(filters));
                Add(nn.ReLU());
                channels = filters;
            }
            Add(nn.MaxPool2d(2L));
        }
        Add(nn.Flatten());
        Add(nn.Linear(128 * 4 * 4, Classes));
        return new(nn.Sequential(layers), network => optim.SGD(network.parameters(), 0.01, momentum: 0.9), [128, 3, 32, 32], warmup: 2);
    }

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            _optimizer.zero_grad();
            var loss = _loss.forward(_network.forward(_samples), _labels);
            loss.backward();
            _optimizer.step();
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _loss.Dispose();
        _samples.Dispose();
        _labels.Dispose();
    }
}
