namespace OnnxPipeline.Compression;

/// <summary>Students beside their teacher and beside themselves without one; the content of distill.json.</summary>
public sealed record DistillReport
{
    /// <summary>The part of the data that accuracies are of: samples that none of them was trained on.</summary>
    public required string Part { get; init; }

    public required int Samples { get; init; }

    public required double Alpha { get; init; }

    public required double Temperature { get; init; }

    /// <summary>Of several teachers, all of them together.</summary>
    public required DistilledModel Teacher { get; init; }

    /// <summary>From 0 to 1.</summary>
    public required double TeacherAccuracy { get; init; }

    public required DistilledModel Student { get; init; }

    /// <summary>The students in order; the first is the result.</summary>
    public required IReadOnlyList<DistillScore> Seeds { get; init; }
}

/// <summary>How large a model is.</summary>
/// <param name="Name">What kind of model it is, or its file.</param>
/// <param name="Parameters">Weights that training changes.</param>
/// <param name="MultiplyAdds">Multiplications with an addition for one sample.</param>
/// <param name="Bytes">Of its ONNX file.</param>
public sealed record DistilledModel(string Name, long Parameters, long MultiplyAdds, long Bytes)
{
    /// <summary>One model, or several together.</summary>
    public static DistilledModel Of(string name, IReadOnlyList<Model> models)
    {
        var summaries = models.Select(ModelSummary.Of).ToArray();
        return new(name, summaries.Sum(s => s.Parameters), summaries.Sum(s => s.MultiplyAdds), models.Sum(m => (long)m.ToBytes().Length));
    }
}

/// <summary>Accuracies of one seed's students, from 0 to 1.</summary>
/// <param name="Seed">Of their weights, order of samples and augmentation.</param>
/// <param name="Distilled">Trained with the teacher.</param>
/// <param name="Alone">Trained without, on all labels; null where it was not.</param>
public sealed record DistillScore(ulong Seed, double Distilled, double? Alone);
