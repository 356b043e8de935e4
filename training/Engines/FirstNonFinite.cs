using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Engines;

/// <summary>After a non-finite loss: runs the training graph once more with every float value as an output, to name the first that went bad.</summary>
internal static class FirstNonFinite
{
    /// <summary>The first value, in graph order, that holds a NaN or an infinity; inputs are looked at before nodes. Null when none does.</summary>
    public static string? Find(TrainingGraph training, IReadOnlyDictionary<string, OrtValue> inputs, IEnumerable<NativeTensor> weights)
    {
        foreach (var weight in weights)
        {
            if (!IsFinite(weight.Span)) return weight.Name;
        }

        var model = training.Model.Clone();
        var types = ShapeInference.Infer(model);
        var names = model.Graph.Nodes.SelectMany(n => n.Outputs)
            .Where(name => name.Length > 0 && types.TryGetValue(name, out var type) && type.Element == ElementType.Float).ToArray();
        model.Graph.Outputs.Clear();
        model.Graph.Outputs.AddRange(names.Select(name => new Value(name, new TensorType(ElementType.Float, null))));

        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL });
        using var options = new RunOptions();
        using var results = session.Run(options, inputs, names);
        for (var i = 0; i < names.Length; i++)
        {
            if (!IsFinite(results[i].GetTensorDataAsSpan<float>())) return names[i];
        }
        return null;
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) return false;
        }
        return true;
    }
}
