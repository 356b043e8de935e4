using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Export.Tests;

/// <summary>Small image classifiers of the form that training leaves, and random images for them.</summary>
internal static class TestClassifier
{
    public const int Classes = 4;
    public const int Side = 8;

    public static readonly string[] Labels = ["ant", "bee", "cat", "dog"];

    /// <summary>Cast, Sub, Mul, two blocks of Conv, BatchNormalization and Relu, a pooling, Dropout and a linear head.</summary>
    public static Model Cnn(ulong seed = 1, int channels = 3, string batch = Signature.BatchSymbol)
    {
        var graph = new TestModel(seed);
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, batch, channels, Side, Side));
        x = graph.Op("Mul", graph.Op("Sub", x, graph.Uniform("mean", 120, 130, 1, channels, 1, 1)), graph.Uniform("scale", 0.01f, 0.02f, 1, channels, 1, 1));
        x = graph.Op("Relu", graph.BatchNorm(graph.Conv(x, channels, 6, bias: false), 6));
        x = graph.Op("Relu", graph.BatchNorm(graph.Conv(x, 6, 8), 8));
        x = graph.Op("MaxPool", n => n.Set("kernel_shape", [2L, 2]).Set("strides", [2L, 2]), x);
        x = graph.Op("Flatten", graph.Op("Dropout", x, graph.Floats("ratio", [0.3f])));
        return Finish(graph, graph.Gemm(x, 8 * 16, Classes));
    }

    /// <summary>Names the last value "logits" and makes it the output.</summary>
    public static Model Finish(TestModel graph, string last, string name = Signature.LogitsName)
    {
        graph.Graph.Nodes.Single(n => n.Outputs.Contains(last)).Outputs[0] = name;
        return graph.Output(name, ElementType.Float, Signature.BatchSymbol, Classes).Build();
    }

    public static HeldOutSamples Samples(int count, int channels = 3, ulong seed = 5)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var pixels = new byte[count * channels * Side * Side];
        foreach (ref var pixel in pixels.AsSpan()) pixel = (byte)random.Next(256);
        return HeldOutSamples.Of(pixels, Enumerable.Range(0, count).Select(i => i % Classes).ToArray());
    }
}
