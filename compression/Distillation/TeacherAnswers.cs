using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>Brings a teacher's answers, and which samples count as labelled, to the batches of a student's training.</summary>
internal sealed class TeacherAnswers : IBatchExtras
{
    private readonly TeacherEnsemble _teachers;
    private readonly KeptLogits? _kept;
    private readonly float[]? _shares;
    private readonly int _features;

    /// <param name="teachers">Who answers.</param>
    /// <param name="kept">The logits of the samples where they are always the same and no features are asked for; null to run the teachers on every batch.</param>
    /// <param name="pairs">The features, in the order in which the teacher gives them.</param>
    /// <param name="shares">By sample how far its label counts; null where all do.</param>
    public TeacherAnswers(TeacherEnsemble teachers, KeptLogits? kept, IReadOnlyList<FeaturePair> pairs, float[]? shares)
    {
        (_teachers, _kept, _shares, _features) = (teachers, kept, shares, pairs.Count);
        Tensors =
        [
            new(DistillationLossOptions.TeacherLogits, [teachers.Width]),
            .. pairs.Select(p => new ExtraTensor(p.Teacher, p.ItemShape)),
            .. shares is null ? (ExtraTensor[])[] : [new(DistillationLossOptions.LabelShares, [])],
        ];
    }

    public IReadOnlyList<ExtraTensor> Tensors { get; }

    /// <summary>0 for a share of the samples, drawn by seed, and for those behind them that never had a label, and 1 for the others; null where all have one.</summary>
    public static float[]? Shares(double unlabelled, int samples, int behind, ulong seed)
    {
        if (unlabelled == 0 && behind == 0) return null;
        var shares = new float[samples + behind];
        shares.AsSpan(0, samples)[(int)Math.Round(unlabelled * samples)..].Fill(1);
        new CounterRandom(seed, RandomPurpose.Labels, 1).Shuffle(shares.AsSpan(0, samples));
        return shares;
    }

    public void Fill(Batch batch)
    {
        var logits = MemoryMarshal.Cast<byte, float>(batch.Extras[0].Bytes);
        if (_kept is not null) _kept.Read(batch.Samples, logits);
        else _teachers.Answer(batch, logits, [.. batch.Extras.Skip(1).Take(_features)]);
        if (_shares is null) return;

        var shares = MemoryMarshal.Cast<byte, float>(batch.Extras[^1].Bytes);
        for (var i = 0; i < shares.Length; i++) shares[i] = _shares[batch.Samples[i]];
    }
}
