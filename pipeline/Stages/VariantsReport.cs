using OnnxPipeline.Compression;
using OnnxPipeline.Export;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>variants.json: every form of a run's model, the one that was trained first before all others.</summary>
/// <param name="Part">The part of the dataset that the figures are of.</param>
/// <param name="Variants">In the order in which they were made.</param>
internal sealed record VariantsReport(string Part, IReadOnlyList<ModelVariant> Variants);

/// <summary>One form of the model.</summary>
internal sealed record ModelVariant
{
    public required string File { get; init; }

    /// <summary>The stage that trained it, or the method by which it was quantised.</summary>
    public required string Made { get; init; }

    /// <summary>Whether it was made by quantising the exported model.</summary>
    public bool Quantized { get; init; }

    /// <summary>The file's size.</summary>
    public required long Bytes { get; init; }

    /// <summary>Elements of the weights, before they were quantised.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiplications with an addition, for one sample.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Against the trained model it was made from.</summary>
    public required VerifyReport Verification { get; init; }

    /// <summary>Its answers beside those of the first form.</summary>
    public AnswerComparison? Answers { get; init; }
}

/// <summary>measured.json of the variants: how long each takes, all of them in turns.</summary>
/// <param name="Machine">What they ran on.</param>
/// <param name="Runtime">ONNX Runtime's version and device.</param>
/// <param name="Variants">In the report's order.</param>
internal sealed record VariantTimes(string Machine, string Runtime, IReadOnlyList<TimedVariant> Variants)
{
    public static VariantTimes Of(IReadOnlyList<TimedVariant> variants) => new(TrainingTimes.ThisMachine, ExportTimes.RuntimeHere, variants);

    /// <summary>The batch sizes that any was timed at.</summary>
    public IReadOnlyList<int> Batches => [.. Variants.SelectMany(v => v.Times).Select(t => t.Batch).Distinct()];

    /// <summary>A file's time for a batch, in milliseconds, and as a share of the first form's; null where it was not timed.</summary>
    public (double Milliseconds, double? Ratio)? Of(string file, int batch)
    {
        if (Find(Variants.FirstOrDefault(v => v.File == file)) is not { } time) return null;
        return (time, time / Find(Variants[0]));

        double? Find(TimedVariant? variant) => variant?.Times.FirstOrDefault(t => t.Batch == batch)?.QuickMilliseconds;
    }
}

/// <summary>A form of the model and its times.</summary>
/// <param name="File">Its file.</param>
/// <param name="Times">By batch size.</param>
/// <param name="Slower">Why it is slower than the float32 model it was made from; null where it is not.</param>
internal sealed record TimedVariant(string File, IReadOnlyList<BatchTime> Times, string? Slower);
