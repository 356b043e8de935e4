using System.Diagnostics;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>
/// All passes over a graph in the shape of ResNet-50 (He et al. 2015, bottleneck blocks 3, 4, 6, 3), BatchNormalization after each
/// convolution. The name says what the passes allocated beside the model, as a multiple of its weights.
/// </summary>
internal sealed class PassesSubject : IBenchmarkSubject
{
    private static readonly (int Width, int Blocks)[] Stages = [(64, 3), (128, 4), (256, 6), (512, 3)];

    private readonly Model _model = ResNet50();

    public PassesSubject()
    {
        Run(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1);
        var weights = _model.Graph.Initializers.Sum(t => t.ElementType.ByteLength(t.ElementCount));
        Name = FormattableString.Invariant($"OnnxPipeline, {(GC.GetAllocatedBytesForCurrentThread() - before) / (double)weights:f2}x allocated");
    }

    public string Name { get; }

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++) PassPipeline.Deploy().Run(_model);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
    }

    private static Model ResNet50()
    {
        var graph = new GraphBuilder("resnet50");
        var x = graph.Input("x", ElementType.Float, "batch", 3, 224, 224);
        x = graph.MaxPool2d(graph.Relu(Convolution(graph, x, 64, 7, 2)), 2);
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            var (width, blocks) = Stages[stage];
            for (var block = 0; block < blocks; block++) x = Bottleneck(graph, x, width, stride: block == 0 && stage > 0 ? 2 : 1, project: block == 0);
        }
        graph.Output(graph.Linear(graph.Flatten(graph.Node(Ops.GlobalAveragePool, [x])), 1000), "logits");
        return graph.Build();
    }

    private static GraphValue Bottleneck(GraphBuilder graph, GraphValue x, int width, int stride, bool project)
    {
        var y = graph.Relu(Convolution(graph, x, width, 1, 1));
        y = graph.Relu(Convolution(graph, y, width, 3, stride));
        y = Convolution(graph, y, 4 * width, 1, 1);
        return graph.Relu(graph.Node(Ops.Add, [y, project ? Convolution(graph, x, 4 * width, 1, stride) : x]));
    }

    private static GraphValue Convolution(GraphBuilder graph, GraphValue x, int filters, int kernel, int stride) =>
        graph.BatchNorm2d(graph.Conv2d(x, filters, kernel, stride: stride, padding: kernel / 2, bias: false));
}
