using OnnxPipeline.Export;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression;

/// <summary>What a deployed model answers to held-out samples.</summary>
public sealed class ModelAnswers
{
    private const int BatchSize = 64;

    private ModelAnswers(IReadOnlyList<double[]> rows, HeldOutSamples samples)
    {
        Rows = rows;
        Classifies = samples.Labels.Length > 0;
        Classes = Classifies ? [.. rows.Select(row => ReferenceAnswers.ArgMax(row))] : [];
        Score = Classifies
            ? Classes.Zip(samples.Labels.ToArray()).Count(pair => pair.First == pair.Second) / (double)samples.Count
            : Math.Sqrt(rows.Zip(samples.Values.ToArray(), (answer, value) => (answer[0] - value) * (answer[0] - value)).Average());
    }

    /// <summary>Probabilities, or the value of a regression, sample by sample.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Rows { get; }

    public bool Classifies { get; }

    /// <summary>The most probable class of each sample; none for a regression.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>The share of right answers, from 0 to 1, or the root mean squared error in the target's unit.</summary>
    public double Score { get; }

    /// <exception cref="ArgumentException">There are no samples.</exception>
    /// <exception cref="ExportException">The model takes other samples.</exception>
    public static ModelAnswers Of(Model model, HeldOutSamples samples, CancellationToken cancellation = default)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to compare models on.", nameof(samples));
        var output = Array.Find([Signature.ProbabilitiesName, Signature.PredictionName], name => model.Graph.Output(name) is not null) ?? model.Graph.Outputs[0].Name;
        var rows = new List<double[]>();
        using var runner = ModelRunner.Open(model, new SessionSettings());
        for (var start = 0; start < samples.Count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, samples.Count - start);
            rows.AddRange(ReferenceAnswers.Rows(runner.Run(samples.Deployed(start, count), output), count));
        }
        return new ModelAnswers(rows, samples);
    }
}
