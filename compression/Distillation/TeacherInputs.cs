using OnnxPipeline.Datasets;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>Which feature of the samples each input of a teacher takes.</summary>
internal static class TeacherInputs
{
    /// <summary>Pairs of an input's name and a feature's place; the only input takes the only feature, whatever they are called.</summary>
    /// <exception cref="DistillException">An input takes something else than the samples have; the message says what.</exception>
    public static IReadOnlyList<(string Input, int Feature)> Of(Model model, string name, DatasetSplit split)
    {
        var inputs = model.Graph.RequiredInputs.ToArray();
        var pairs = new List<(string, int)>();
        foreach (var input in inputs)
        {
            var place = inputs.Length == 1 && split.Features.Count == 1 ? 0 : split.Features.ToList().FindIndex(f => f.Name == input.Name);
            if (place < 0 || !Takes(input, split.Features[place]))
                throw new DistillException($"The teacher '{name}' takes {string.Join("; ", inputs.Select(i => i.ToString()))}, and the samples are {string.Join("; ", split.Features)}, a batch of them at a time: "
                    + "it must take samples as they are, raw pixels of the same size and layout or encoded columns, with its preparation of them in the graph. "
                    + "Of a model made here give trained.onnx of the same data; of another, put resizing, layout and normalisation in front of it.");
            if (input.Type?.Shape?[0].Size is { } batch)
                throw new DistillException($"The teacher '{name}' takes batches of {batch} only ({input}); expected any number of samples. Make the first axis symbolic, for example 'batch'.");
            pairs.Add((input.Name, place));
        }
        return pairs;
    }

    private static bool Takes(Value input, DataTensor feature)
    {
        if (input.Type is not { Shape: { } shape } type || type.Element != ElementOf(feature.Kind) || shape.Rank != feature.ItemShape.Count + 1) return false;
        return shape.Skip(1).Zip(feature.ItemShape).All(axis => axis.First.Size is null || axis.First.Size == axis.Second);
    }

    private static ElementType ElementOf(DataKind kind) => kind switch
    {
        DataKind.UInt8 => ElementType.UInt8,
        DataKind.Int64 => ElementType.Int64,
        _ => ElementType.Float,
    };
}
