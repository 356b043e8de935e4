using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>
/// What the loss would change by, to first order, without the weights that make a channel: |Σ weight · gradient|, summed over batches.
/// Source: Molchanov et al., "Importance estimation for neural network pruning" (2019), without its square.
/// </summary>
internal static class TaylorSaliency
{
    /// <summary>The figure of each index of each weight's axis; weights without a gradient have none.</summary>
    /// <param name="model">The model, in training's form.</param>
    /// <param name="producers">The weights and their axes.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="samples">The training samples, of which the first are taken, as they are.</param>
    /// <param name="batches">How many batches, where there are as many.</param>
    /// <param name="batchSize">Samples a batch.</param>
    /// <param name="cancellation">Asks to stop.</param>
    public static IReadOnlyDictionary<(string Weight, int Axis), double[]> Of(
        Model model, IEnumerable<Producer> producers, LossOptions? loss, DatasetSplit samples, int batches, int batchSize, CancellationToken cancellation)
    {
        var training = TrainingGraph.Build(model, loss);
        var weights = training.Parameters.ToDictionary(p => p.Name, p => (p.Gradient, Values: model.Graph.Initializers[p.Name]));
        var sums = producers.Select(p => (p.Weight, p.Axis)).Distinct().Where(p => weights.ContainsKey(p.Weight)).ToDictionary(p => p, p => new double[weights[p.Weight].Values.Dims[p.Axis]]);
        using var session = SessionFactory.Create(training.Model.ToBytes(), new SessionSettings());
        using var loader = new BatchLoader(samples, new BatchOptions { BatchSize = Math.Min(batchSize, samples.Count), DropLast = true, Prefetch = 0 });
        foreach (var batch in loader.Epoch(0))
        {
            if (batch.Step >= batches) break;
            cancellation.ThrowIfCancellationRequested();
            AddBatch(session, training, batch, weights, sums);
        }
        return sums;
    }

    private static void AddBatch(InferenceSession session, TrainingGraph training, Batch batch, Dictionary<string, (string Gradient, Initializer Values)> weights, Dictionary<(string Weight, int Axis), double[]> sums)
    {
        using var inputs = new BatchInputs(batch);
        inputs.Add(TrainingGraph.LossGradient, 1f / batch.Count);
        // Dropout would only add noise: every unit takes part.
        foreach (var mask in training.Masks)
        {
            var ones = new NativeTensor(mask.Input, [batch.Count, .. mask.Shape.Skip(1).Select(d => d.Size!.Value)]);
            ones.Span.Fill(1);
            inputs.Add(ones);
        }
        foreach (var (_, (_, values)) in weights) inputs.Add(NativeTensor.CopyOf(values));

        string[] gradients = [.. sums.Keys.Select(k => weights[k.Weight].Gradient).Distinct()];
        using var run = new RunOptions();
        using var results = session.Run(run, inputs.Values.Where(v => session.InputMetadata.ContainsKey(v.Key)).ToDictionary(), gradients);
        foreach (var ((weight, axis), sum) in sums)
        {
            var values = weights[weight].Values;
            var gradient = results[Array.IndexOf(gradients, weights[weight].Gradient)].GetTensorDataAsSpan<float>();
            var products = new double[gradient.Length];
            for (var i = 0; i < products.Length; i++) products[i] = (double)gradient[i] * values.Span<float>()[i];
            var changes = ChannelScores.SumsAlong(products, values.Dims, axis);
            for (var i = 0; i < sum.Length; i++) sum[i] += Math.Abs(changes[i]);
        }
    }
}
