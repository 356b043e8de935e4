using OnnxPipeline.Compression.Scoring;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Compression.Tests.Scoring;

public sealed class ModelScorerTests
{
    private static readonly Model Trained = ModelRegistry.Build(new MlpOptions { Hidden = [8] }, new ImageModelInput(1, 4, 4), ModelOutput.Classes(3), seed: 5);

    [Fact]
    public void A_trained_model_and_its_export_score_alike()
    {
        var samples = Samples(700);
        var exported = Exporter.Export(Trained, new ExportSettings { Labels = ["a", "b", "c"] }).Model;
        var report = Verifier.Verify(Trained, exported, samples);
        var scorer = new ModelScorer(samples);

        Assert.Equal(report.ReferenceAccuracy, scorer.Score(Trained));
        Assert.Equal(report.DeployAccuracy, scorer.Score(exported));
        Assert.InRange(scorer.Score(Trained), 0.05, 0.95);
    }

    [Fact]
    public void Without_samples_there_is_no_score() => Assert.Throws<ArgumentException>(() => new ModelScorer(Samples(0)));

    [Fact]
    public void A_cancelled_score_stops() =>
        Assert.Throws<OperationCanceledException>(() => new ModelScorer(Samples(3)).Score(Trained, new CancellationToken(canceled: true)));

    private static HeldOutSamples Samples(int count)
    {
        var random = new Random(7);
        var pixels = new byte[count * 16];
        random.NextBytes(pixels);
        return HeldOutSamples.Of(pixels, Enumerable.Range(0, count).Select(_ => random.Next(3)).ToArray());
    }
}
