using System.Numerics.Tensors;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The images of which the model was surest, and wrong.</summary>
internal static class MistakesSection
{
    private const int Most = 24;

    /// <summary>Larger images are made smaller, so that the page stays small.</summary>
    private const int LongestSide = 96;

    public static Section Of(ReportedRun run)
    {
        if (run.Measured is not var (split, _) || split.Features is not [{ Kind: DataKind.UInt8, ItemShape: [1 or 3, _, _] } images]) return new Section("Mistakes");
        var (probabilities, truth, labels) = (run.Probabilities(split), DatasetImages.LabelsOf(split).ToArray(), run.Dataset.Labels);
        var wrong = Wrong(probabilities, truth, labels.Count).OrderByDescending(m => m.Confidence).ThenBy(m => m.Sample).Take(Most).ToArray();
        if (wrong.Length == 0) return new Section("Mistakes", new Paragraph($"All {Show.Count(split.Count)} {split.Name} samples are classified correctly."));
        var gain = Gain(images, wrong.Select(m => m.Sample));
        return new Section("Mistakes", new Mosaic("The most confident mistakes", "What the model answered and how sure it was, then what the label says: some are hard, and some are labelled wrongly.",
            [.. wrong.Select(m => new MosaicImage(PngOf(images, m.Sample, gain), $"{labels[m.Answer]}, {Show.WholePercent(m.Confidence)}", $"is {labels[(int)truth[m.Sample]]}", $"sample {m.Sample}"))]));
    }

    private static IEnumerable<(int Sample, int Answer, float Confidence)> Wrong(float[] probabilities, long[] truth, int classes)
    {
        for (var i = 0; i < truth.Length; i++)
        {
            var row = probabilities.AsSpan(i * classes, classes);
            var answer = TensorPrimitives.IndexOfMax(row);
            if (answer != truth[i]) yield return (i, answer, row[answer]);
        }
    }

    /// <summary>Data whose pixels stay far below 255 would be seen as black: they are made brighter, all alike.</summary>
    private static double Gain(DataTensor images, IEnumerable<int> samples)
    {
        var brightest = samples.Max(sample => TensorPrimitives.Max<byte>(images.Item(sample)));
        return brightest is > 0 and < 128 ? 255.0 / brightest : 1;
    }

    /// <summary>The sample at <paramref name="index"/>, from [channels, height, width].</summary>
    private static byte[] PngOf(DataTensor images, int index, double gain)
    {
        var (channels, height, width) = ((int)images.ItemShape[0], (int)images.ItemShape[1], (int)images.ItemShape[2]);
        var planes = images.Item(index);
        var pixels = new byte[planes.Length];
        for (var channel = 0; channel < channels; channel++)
            for (var i = 0; i < height * width; i++) pixels[i * channels + channel] = (byte)(gain * planes[channel * height * width + i]);
        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(height, width));
        return PngEncoder.Encode(ImageResizer.Resize(new Image(width, height, channels, pixels), Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale))));
    }
}
