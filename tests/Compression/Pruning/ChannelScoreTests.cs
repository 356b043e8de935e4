using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Compression.Tests.Pruning;

public sealed class ChannelScoreTests(PruneBench bench) : IClassFixture<PruneBench>
{
    /// <summary>Σ w·g over a channel's weights is the slope of the loss where they are all scaled by one factor, at 1.</summary>
    [Fact]
    public void Taylor_is_the_slope_of_the_loss_by_a_factor_on_the_channel()
    {
        var producer = DependencyAnalysis.Of(bench.Trained).Producers.Single(p => p.Layer == "linear1");
        var saliency = TaylorSaliency.Of(bench.Trained, [producer], null, bench.Data.Train, batches: 1, batchSize: 64, CancellationToken.None)[(producer.Weight, producer.Axis)];
        using var loader = new BatchLoader(bench.Data.Train, new BatchOptions { BatchSize = 64 });
        foreach (var channel in new[] { 0, 3, 15 })
        {
            double Loss(float factor)
            {
                var scaled = bench.Trained.Clone();
                var weight = scaled.Graph.Initializers[producer.Weight];
                var row = (int)weight.Dims[1];
                foreach (ref var value in weight.Span<float>().Slice(channel * row, row)) value *= factor;
                using var engine = new OrtEngine(scaled, PruneBench.Training, 1);
                // Batch normalisation in training takes the batch's statistics; so it is the loss of a step, told before the update.
                foreach (var batch in loader.Epoch(0)) return engine.Step(batch, new TrainingStep(1, 0)).Loss / batch.Count;
                return double.NaN;
            }

            const float h = 1e-2f;
            var slope = (Loss(1 + h) - Loss(1 - h)) / (2 * h);
            Assert.Equal(Math.Abs(slope), saliency[channel], 2e-3);
        }
    }

    [Fact]
    public void Magnitudes_are_sums_over_all_that_is_tied()
    {
        var analysis = DependencyAnalysis.Of(bench.Trained);
        var group = analysis.Groups.Single(g => g.Name == "conv2");
        var weight = bench.Trained.Graph.Initializers["conv2.weight"].Span<float>().ToArray().Chunk(8 * 9).ToArray();
        Assert.Equal(weight.Select(w => w.Sum(v => (double)Math.Abs(v))), Scores(ChannelCriterion.Magnitude), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(weight.Select(w => Math.Sqrt(w.Sum(v => (double)v * v))), Scores(ChannelCriterion.Euclidean), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(bench.Trained.Graph.Initializers["bn2.weight"].Span<float>().ToArray().Select(v => (double)Math.Abs(v)), Scores(ChannelCriterion.BatchNorm));
        Assert.Null(new ChannelScores(bench.Trained, ChannelCriterion.BatchNorm).Of(analysis.Groups.Single(g => g.Name == "linear1"), out var reason));
        Assert.Contains("no batch normalisation", reason, StringComparison.Ordinal);

        double[] Scores(ChannelCriterion criterion) => new ChannelScores(bench.Trained, criterion).Of(group, out _)!;
    }
}
