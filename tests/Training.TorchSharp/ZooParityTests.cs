using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Tests;
using OnnxPipeline.Training.Tests.Zoo;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Every model of the zoo in the "torch" engine beside PyTorch's stored figures, and beside ten steps of the "ort" engine.</summary>
public sealed class ZooParityTests
{
    public static TheoryData<string> Names => ZooReference.Names;

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void A_model_gives_PyTorchs_logits_loss_and_gradients(string name)
    {
        var reference = ZooReference.Of(name);
        var graph = TrainingGraph.BuildForward(ModelOf(reference), loss: null, mixed: false, freeze: null);
        var inputs = Features(reference).Append(Labels()).ToDictionary(t => t.Name);
        foreach (var weight in Weights(reference, graph)) inputs[weight.Name] = weight;

        var torch = TorchRun.Values(graph.Model, inputs, [graph.Loss, graph.Output], graph.Loss, [.. graph.Parameters.Select(p => p.Name)]);

        Assert.Equal(reference.Loss, torch[graph.Loss][0] / ZooReference.Batch, 1e-5);
        Closeness.Assert(reference.Logits, torch[graph.Output], 1e-4, $"{name}: logits");
        Assert.Equal(reference.Gradients.Keys.Order(), graph.Parameters.Select(p => p.Name).Order());
        foreach (var (weight, expected) in reference.Gradients)
            Closeness.Assert(expected.Values, [.. torch[$"gradient/{weight}"].Where((_, i) => i % expected.Every == 0).Select(g => g / ZooReference.Batch)], 1e-4, $"{name}: gradient of '{weight}'", floor: 1e-3);
    }

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void Ten_steps_end_at_the_ort_engines_weights_and_running_statistics(string name)
    {
        var reference = ZooReference.Of(name);
        var model = ModelOf(reference);
        foreach (var weight in Weights(reference, TrainingGraph.BuildForward(model, null, false, null))) weight.Span<float>().CopyTo(model.Graph.Initializers[weight.Name].Span<float>());
        var options = new TrainOptions { Optimizer = new SgdOptions { LearningRate = 0.02, Momentum = 0.9 }, Threads = 1 };
        using var folder = new TempFolder();
        using var data = Write(folder.Path, reference);
        using var loader = new BatchLoader(data.Train, new BatchOptions { BatchSize = ZooReference.Batch });

        using var ort = new OrtEngine(model, options, seed: 1);
        using var torch = TorchEngines.Create(model, options, 1, Device.Cpu);
        foreach (var (expected, actual) in Train(ort, loader).Zip(Train(torch, loader))) Assert.Equal(expected, actual, 1e-4 * Math.Max(1, Math.Abs(expected)));

        var state = torch.Capture().ToDictionary(t => t.Name);
        foreach (var expected in ort.Capture())
            Closeness.Assert(expected.Span<float>().ToArray(), state[expected.Name].Span<float>().ToArray(), 1e-3, $"{name}: '{expected.Name}'");
    }

    private static List<double> Train(ITrainingEngine engine, BatchLoader loader)
    {
        var losses = new List<double>();
        for (var step = 1; step <= 10; step++)
        {
            foreach (var batch in loader.Epoch(0)) losses.Add(engine.Step(batch, new TrainingStep(step, 0.02)).Loss);
        }
        foreach (var batch in loader.Epoch(0)) losses.Add(engine.Evaluate(batch).Loss);
        return losses;
    }

    private static Model ModelOf(ZooReference reference) => ModelRegistry.Build(reference.Options, reference.Input, ZooReference.Classes, seed: 1);

    private static IEnumerable<Initializer> Weights(ZooReference reference, TrainingGraph graph)
    {
        var fresh = ModelOf(reference).Graph.Initializers;
        return graph.Parameters.Select(p => fresh[p.Name]).Select(w => Initializer.Create<float>(w.Name, ZooNoise.Weight(w), w.Dims));
    }

    private static Initializer Labels() => Initializer.Create<long>(TrainingGraph.Labels, [.. Enumerable.Range(0, ZooReference.Batch).Select(i => (long)(i % ZooReference.Classes))], ZooReference.Batch);

    private static IEnumerable<Initializer> Features(ZooReference reference)
    {
        foreach (var (name, value) in ZooNoise.Features(reference.Input, ZooReference.Batch))
        {
            using (value)
            {
                var info = value.GetTensorTypeAndShape();
                yield return info.ElementDataType switch
                {
                    TensorElementType.UInt8 => Initializer.Create(name, value.GetTensorDataAsSpan<byte>(), info.Shape),
                    TensorElementType.Float => Initializer.Create(name, value.GetTensorDataAsSpan<float>(), info.Shape),
                    _ => Initializer.Create(name, value.GetTensorDataAsSpan<long>(), info.Shape),
                };
            }
        }
    }

    private static Dataset Write(string folder, ZooReference reference)
    {
        var features = Features(reference).Select(f => new SampleTensor(f.Name, KindOf(f.ElementType), [.. f.Dims.Skip(1)], f.Bytes.ToArray())).ToArray();
        DatasetWriter.Write(folder, new DatasetContent
        {
            Name = "noise",
            Labels = [.. Enumerable.Range(0, ZooReference.Classes).Select(c => $"{c}")],
            Train = new SampleSet(features, Labels().Span<long>().ToArray()),
        });
        return Dataset.Open(folder);
    }

    private static DataKind KindOf(ElementType type) => type switch
    {
        ElementType.UInt8 => DataKind.UInt8,
        ElementType.Float => DataKind.Float,
        _ => DataKind.Int64,
    };
}
