using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Training.Tests;

/// <summary>Small datasets and models, made by seed.</summary>
internal static class TestData
{
    /// <summary>A dataset whose one feature and labels are those given, all of them training samples, with as many for validation.</summary>
    public static Dataset Write(string folder, string feature, float[] values, long[] itemShape, long[] labels, int classes, bool validation = false)
    {
        var samples = new SampleSet([new SampleTensor(feature, DataKind.Float, itemShape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())], labels);
        DatasetWriter.Write(folder, new DatasetContent
        {
            Name = "test",
            Labels = [.. Enumerable.Range(0, classes).Select(c => $"class {c}")],
            Train = samples,
            Validation = validation ? samples : null,
        });
        return Dataset.Open(folder);
    }

    /// <summary>Points in <paramref name="width"/> dimensions around one centre a class: easy to learn.</summary>
    public static Dataset Clusters(string folder, int count = 400, int width = 8, int classes = 4)
    {
        var random = new CounterRandom(7, RandomPurpose.Sampling);
        var values = new float[count * width];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            for (var j = 0; j < width; j++) values[i * width + j] = (float)(0.7 * random.NextNormal() + (j % classes == labels[i] ? 1.5 : 0));
        }
        return Write(folder, "x", values, [width], labels, classes, validation: true);
    }

    /// <summary>x [batch, width] → Linear, BatchNormalization, Relu, Dropout, Linear → logits.</summary>
    public static Model Perceptron(int width = 8, int hidden = 16, int classes = 4, float dropout = 0.2f)
    {
        var random = new CounterRandom(3, RandomPurpose.Initialization);
        var graph = new Graph("perceptron");
        graph.Inputs.Add(new Value("x", ElementType.Float, "batch", width));
        graph.Outputs.Add(new Value("logits", ElementType.Float, "batch", classes));
        float[] Normal(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)(scale * random.NextNormal()))];
        void Add(string name, float[] values, params long[] dims) => graph.Initializers.Add(Initializer.Create<float>(name, values, dims));

        Add("fc1.weight", Normal(hidden * width, 0.4), hidden, width);
        Add("fc1.bias", new float[hidden], hidden);
        Add("bn.scale", [.. Enumerable.Repeat(1f, hidden)], hidden);
        Add("bn.bias", new float[hidden], hidden);
        Add("bn.mean", new float[hidden], hidden);
        Add("bn.variance", [.. Enumerable.Repeat(1f, hidden)], hidden);
        Add("fc2.weight", Normal(classes * hidden, 0.3), classes, hidden);
        Add("fc2.bias", new float[classes], classes);
        graph.Initializers.Add(Initializer.Scalar("ratio", dropout));
        graph.Nodes.Add(new Node(Ops.Gemm, ["x", "fc1.weight", "fc1.bias"], ["h1"], "fc1").Set("transB", 1));
        graph.Nodes.Add(new Node(Ops.BatchNormalization, ["h1", "bn.scale", "bn.bias", "bn.mean", "bn.variance"], ["h2"], "bn"));
        graph.Nodes.Add(new Node(Ops.Relu, ["h2"], ["h3"], "relu"));
        graph.Nodes.Add(new Node(Ops.Dropout, ["h3", "ratio"], ["h4"], "dropout"));
        graph.Nodes.Add(new Node(Ops.Gemm, ["h4", "fc2.weight", "fc2.bias"], ["logits"], "fc2").Set("transB", 1));
        return new Model(graph);
    }
}
