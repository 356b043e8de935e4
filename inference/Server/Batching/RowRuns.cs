using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Runs rows of a table when their model's turn comes. Few of them share a run with other requests, be it rows or tensors; many fill runs of their own.</summary>
internal static class RowRuns
{
    /// <returns>[rows, <see cref="TablePredictor.OutputWidth"/>].</returns>
    public static async Task<float[]> RunAsync(ServedModel model, TablePredictor predictor, RowBatch rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return [];
        if (model.MaxBatch is not { } most || rows.Count > most)
        {
            var alone = new SoloWork<float[]>(() => predictor.Run(rows), rows.Count, model.Statistics);
            await model.Queue.RunAsync(alone, null, cancellation);
            return alone.Result;
        }
        var tensors = predictor.Inputs.Zip(predictor.ToTensors(rows.Numbers, rows.Categories, rows.Count)).ToDictionary(pair => pair.First, pair => pair.Second);
        try
        {
            using var work = new TensorWork(model.Session, [.. model.Session.Inputs.Select(input => tensors[input.Name])], [predictor.Output], most, model.Statistics, predictor.Adapter);
            await model.Queue.RunAsync(work, null, cancellation);
            return work.Outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }
}
