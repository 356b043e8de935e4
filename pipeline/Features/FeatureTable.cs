using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Import;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Features;

/// <summary>Features of every image of a dataset, as CSV: part, label, f1, f2 ….</summary>
internal static class FeatureTable
{
    /// <summary>Writes the table; a part of it is never left behind.</summary>
    /// <param name="model">Images in, <see cref="ImportedModel.FeaturesOutput"/> [batch, n] out.</param>
    /// <param name="dataset">Images by class.</param>
    /// <param name="path">The file.</param>
    /// <param name="batchSize">Images a run.</param>
    /// <param name="cancellation">Stops it.</param>
    public static (int Rows, int Features) Write(Model model, Dataset dataset, string path, int batchSize, CancellationToken cancellation)
    {
        var part = path + ".part";
        try
        {
            var (rows, features) = (0, 0);
            using (var session = SessionFactory.Create(model.ToBytes(), new SessionSettings()))
            using (var writer = new StreamWriter(part, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            {
                foreach (var split in new[] { dataset.Train, dataset.Validation, dataset.Test })
                {
                    for (var start = 0; start < split.Count; start += batchSize)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        var count = Math.Min(batchSize, split.Count - start);
                        var values = Run(session, model.Graph.Inputs[0].Name, DatasetImages.Of(split), start, count);
                        features = values.Length / count;
                        if (rows == 0) writer.Write($"part,label,{string.Join(',', Enumerable.Range(1, features).Select(i => $"f{i}"))}\r\n");
                        for (var i = 0; i < count; i++) WriteRow(writer, split.Name, dataset.Labels[(int)DatasetImages.LabelsOf(split)[start + i]], values.AsSpan(i * features, features));
                        rows += count;
                    }
                }
            }
            File.Move(part, path, overwrite: true);
            return (rows, features);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static float[] Run(InferenceSession session, string input, DataTensor images, int start, int count)
    {
        using var options = new RunOptions();
        using var pixels = OrtValue.CreateTensorValueFromMemory(images.Items(start, count).ToArray(), [count, .. images.ItemShape]);
        using var results = session.Run(options, [input], [pixels], [ImportedModel.FeaturesOutput]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void WriteRow(TextWriter writer, string part, string label, ReadOnlySpan<float> values)
    {
        writer.Write(part);
        writer.Write(',');
        writer.Write(CsvRowWriter.Quote(label));
        foreach (var value in values)
        {
            writer.Write(',');
            writer.Write(value.ToString(CultureInfo.InvariantCulture));
        }
        writer.Write("\r\n");
    }
}
