using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Tests;

/// <summary>A model beside what a rewrite has made of it, both run on the same random inputs.</summary>
internal static class LoweredModels
{
    /// <summary>As in a training graph, so that ONNX Runtime itself does not reorder them.</summary>
    public static Model WeightsAsInputs(Model model)
    {
        foreach (var weight in model.Graph.Initializers.ToArray())
        {
            model.Graph.Initializers.Remove(weight.Name);
            model.Graph.Inputs.Add(new Value(weight.Name, weight.Type));
        }
        return model;
    }

    /// <summary>Every output is the same to 1e-5 of its largest element, or to 1e-5 where that is below 1.</summary>
    public static void AssertSame(Model expected, Model actual)
    {
        var (before, after) = (Run(expected), Run(actual));
        Assert.Equal(before.Count, after.Count);
        foreach (var (e, a) in before.Zip(after))
        {
            Assert.Equal(e.Length, a.Length);
            var tolerance = 1e-5f * Math.Max(1, e.Max(Math.Abs));
            for (var i = 0; i < e.Length; i++) Assert.Equal(e[i], a[i], tolerance);
        }
    }

    private static List<float[]> Run(Model model)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var options = new RunOptions();
        var inputs = model.Graph.Inputs.ToDictionary(i => i.Name, i =>
        {
            var sizes = i.Type!.Value.Shape!.Select(d => d.Size ?? 3).ToArray();
            var count = sizes.Aggregate(1L, (n, d) => n * d);
            if (i.Type.Value.Element == ElementType.Int64) return OrtValue.CreateTensorValueFromMemory(new long[count], sizes);
            var values = new float[count];
            foreach (ref var value in values.AsSpan()) value = random.NextSingle() - 0.5f;
            return OrtValue.CreateTensorValueFromMemory(values, sizes);
        });
        using var results = session.Run(options, inputs, session.OutputNames);
        foreach (var input in inputs.Values) input.Dispose();
        return [.. results.Select(r => r.GetTensorDataAsSpan<float>().ToArray())];
    }
}
