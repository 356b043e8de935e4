using Microsoft.ML.OnnxRuntime;
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
        var inputs = new OrtValue[model.Session.Inputs.Count];
        try
        {
            for (var i = 0; i < inputs.Length; i++) inputs[i] = Column(predictor, rows, model.Session.Inputs[i].Name);
            using var work = new TensorWork(model.Session, inputs, [predictor.Target is null ? model.Session.Metadata!.Probabilities : model.Session.Metadata!.Prediction!], most, model.Statistics);
            await model.Queue.RunAsync(work, null, cancellation);
            return work.Outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var input in inputs) input?.Dispose();
        }
    }

    /// <summary>The input of a name, [rows, 1].</summary>
    private static OrtValue Column(TablePredictor predictor, RowBatch rows, string name)
    {
        var number = Place(predictor.Numbers, name);
        if (number >= 0)
        {
            var values = new float[rows.Count];
            for (var row = 0; row < rows.Count; row++) values[row] = rows.Numbers[row * predictor.Numbers.Count + number];
            return OrtValue.CreateTensorValueFromMemory(values, [rows.Count, 1]);
        }
        var category = Place(predictor.Categories, name);
        var words = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [rows.Count, 1]);
        for (var row = 0; row < rows.Count; row++) words.StringTensorSetElementAt(rows.Categories[row * predictor.Categories.Count + category], row);
        return words;
    }

    private static int Place(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }
}
