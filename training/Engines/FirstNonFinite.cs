using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Engines;

/// <summary>After a step that went bad: runs the training graph once more, with more of its values as outputs, to name the first that is not finite.</summary>
internal static class FirstNonFinite
{
    /// <summary>The first float value, in graph order, that holds a NaN or an infinity; weights are looked at before nodes. Null when none does.</summary>
    public static string? Find(TrainingGraph training, IReadOnlyDictionary<string, OrtValue> inputs, IEnumerable<NativeTensor> weights)
    {
        foreach (var weight in weights)
        {
            if (GradientNorm.IndexOfNonFinite(weight.Span) >= 0) return weight.Name;
        }

        var model = training.Model.Clone();
        var types = ShapeInference.Infer(model);
        var names = model.Graph.Nodes.SelectMany(n => n.Outputs)
            .Where(name => name.Length > 0 && types.TryGetValue(name, out var type) && type.Element == ElementType.Float).ToArray();
        return FirstOf(names, model, inputs) is >= 0 and var index ? names[index] : null;
    }

    /// <summary>The first parameter whose gradient holds a NaN or an infinity; null when none does.</summary>
    public static string? FindGradient(TrainingGraph training, IReadOnlyDictionary<string, OrtValue> inputs) =>
        FirstOf([.. training.Parameters.Select(p => p.Gradient)], training.Model.Clone(), inputs) is >= 0 and var index ? training.Parameters[index].Name : null;

    private static int FirstOf(string[] names, Model model, IReadOnlyDictionary<string, OrtValue> inputs)
    {
        model.Graph.Outputs.Clear();
        model.Graph.Outputs.AddRange(names.Select(name => new Value(name, new TensorType(ElementType.Float, null))));
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL, FuseQuantized = false });
        using var options = new RunOptions();
        using var results = session.Run(options, inputs, names);
        for (var i = 0; i < names.Length; i++)
        {
            if (GradientNorm.IndexOfNonFinite(results[i].GetTensorDataAsSpan<float>()) >= 0) return i;
        }
        return -1;
    }
}
