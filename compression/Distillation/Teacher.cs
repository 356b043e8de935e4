using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>A model that a student learns from, run by ONNX Runtime on the student's own batches.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly IReadOnlyList<(string Input, int Feature)> _inputs;
    private readonly string[] _outputs;
    private readonly InferenceSession? _session;
    private readonly RunOptions _run = new();

    /// <param name="model">The model, in training's or in deployed form.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="split">Samples of the kind it will be shown.</param>
    /// <param name="features">Values inside that it is to give beside the logits.</param>
    /// <param name="settings">Where it runs.</param>
    /// <exception cref="DistillException">It takes other samples, gives no logits, has no such value, or ONNX Runtime does not run it.</exception>
    public Teacher(Model model, string name, DatasetSplit split, IReadOnlyList<string> features, SessionSettings settings)
    {
        (Model, Name) = (model, name);
        _inputs = TeacherInputs.Of(model, name, split);
        var deployed = Metadata();
        Labels = deployed?.Labels ?? [];
        _outputs = [TeacherGraph.Logits(model, deployed, name), .. features];
        try
        {
            _session = SessionFactory.Create(TeacherGraph.WithOutputs(model, name, _outputs).ToBytes(), settings);
            Shapes = Probe(split);
            if (Shapes[0] is not [> 0])
                throw new DistillException($"The teacher '{name}' gives '{_outputs[0]}' of shape [batch{string.Concat(Shapes[0].Select(size => $",{size}"))}]; expected logits or probabilities, Float [batch, classes].");
        }
        catch (Exception exception)
        {
            Dispose();
            if (exception is OnnxRuntimeException) throw new DistillException($"ONNX Runtime does not run the teacher '{name}' on {string.Join("; ", split.Features)}: {exception.Message}", exception);
            throw;
        }
    }

    public Model Model { get; }

    public string Name { get; }

    /// <summary>The names of its classes, where it knows them.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Of its logits and then each feature the shape for one sample.</summary>
    public IReadOnlyList<long[]> Shapes { get; }

    /// <summary>The classes; 1 for the logit of the second of two.</summary>
    public long Width => Shapes[0][0];

    /// <exception cref="DistillException">There is no such file, or it is no ONNX model.</exception>
    public static Model Load(string path)
    {
        if (!File.Exists(path)) throw new DistillException($"distill.teacher: there is no file '{path}'. Relative paths start from the recipe's folder.");
        try
        {
            return Model.Load(path);
        }
        catch (ModelFormatException exception)
        {
            throw new DistillException($"distill.teacher: '{path}' is no ONNX model that can be read: {exception.Message}", exception);
        }
    }

    /// <summary>Runs on a batch and copies the logits and each feature into its place, row by row.</summary>
    public void Answer(Batch batch, Span<float> logits, IReadOnlyList<BatchTensor> features)
    {
        using var results = Run([.. _inputs.Select(i => BatchViews.View(batch.Features[i.Feature], batch.Count))]);
        results[0].GetTensorDataAsSpan<float>().CopyTo(logits);
        for (var i = 0; i < features.Count; i++)
            MemoryMarshal.AsBytes(results[i + 1].GetTensorDataAsSpan<float>()).CopyTo(features[i].Bytes);
    }

    public void Dispose()
    {
        _session?.Dispose();
        _run.Dispose();
    }

    private DeployMetadata? Metadata()
    {
        try
        {
            return DeployMetadata.FromEntries(Model.Metadata);
        }
        catch (FormatException exception)
        {
            throw new DistillException($"The teacher '{Name}': {exception.Message}", exception);
        }
    }

    /// <summary>Shows it two blank samples: shapes as they are, whatever the graph says of them.</summary>
    private long[][] Probe(DatasetSplit split)
    {
        const int count = 2;
        using var results = Run([.. _inputs.Select(i => Blank(split.Features[i.Feature], count))]);
        return [.. results.Select((result, i) => result.GetTensorTypeAndShape() is { ElementDataType: TensorElementType.Float, Shape: [count, .. var item] } ? item
            : throw new DistillException($"The teacher '{Name}' gives '{_outputs[i]}' as {result.GetTensorTypeAndShape().ElementDataType}[{string.Join(",", result.GetTensorTypeAndShape().Shape)}] for {count} samples; expected Float with a row for each."))];
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(OrtValue[] inputs)
    {
        try
        {
            return _session!.Run(_run, [.. _inputs.Select(i => i.Input)], inputs, _outputs);
        }
        finally
        {
            foreach (var input in inputs) input.Dispose();
        }
    }

    private static OrtValue Blank(DataTensor feature, int count)
    {
        long[] shape = [count, .. feature.ItemShape];
        var elements = count * feature.ItemShape.Aggregate(1L, (product, size) => product * size);
        return feature.Kind switch
        {
            DataKind.UInt8 => OrtValue.CreateTensorValueFromMemory(new byte[elements], shape),
            DataKind.Int64 => OrtValue.CreateTensorValueFromMemory(new long[elements], shape),
            _ => OrtValue.CreateTensorValueFromMemory(new float[elements], shape),
        };
    }
}
