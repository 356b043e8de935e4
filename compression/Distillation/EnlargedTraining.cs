using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>
/// A training part with images behind it that have no labels. Their classes here are those that the teacher answers: the loss does not
/// read them, and where right answers are counted they stand for the teacher's.
/// </summary>
internal static class EnlargedTraining
{
    /// <summary>Opens the dataset in a folder, which is written first where it is not whole.</summary>
    /// <param name="folder">Of these samples, these images and these teachers alone.</param>
    /// <param name="dataset">Its training part comes first.</param>
    /// <param name="images">What comes behind.</param>
    /// <param name="teachers">Who answers.</param>
    /// <param name="cancellation">Stops the writing; what was written is not kept.</param>
    /// <exception cref="DistillException">The images are of another shape than the samples, or too many for memory.</exception>
    public static Dataset Open(string folder, Dataset dataset, UnlabelledImages images, TeacherEnsemble teachers, CancellationToken cancellation)
    {
        if (dataset.Train.Features is not [{ Kind: DataKind.UInt8 } own] || !own.ItemShape.SequenceEqual(images.ItemShape))
            throw new DistillException($"distill.unlabelledImages: the images are [{string.Join(",", images.ItemShape)}], and the samples {string.Join(", ", dataset.Train.Features)}; expected the same.");
        if ((long)own.Count * own.ItemBytes + images.Pixels.Length > Array.MaxLength)
            throw new DistillException($"distill.unlabelledImages: {own.Count:N0} samples and {images.Count:N0} images do not fit memory at once; give fewer images.");
        if (!Directory.Exists(folder)) Write(folder, dataset, own, images, teachers, cancellation);
        return Dataset.Open(folder);
    }

    private static void Write(string folder, Dataset dataset, DataTensor own, UnlabelledImages images, TeacherEnsemble teachers, CancellationToken cancellation)
    {
        var (alone, partial) = (folder + ".alone", folder + ".partial");
        foreach (var rest in (string[])[alone, partial])
        {
            if (Directory.Exists(rest)) Directory.Delete(rest, recursive: true);
        }
        Write(alone, dataset, own, images.Pixels, new long[images.Count]);
        long[] answers;
        using (var shown = Dataset.Open(alone)) answers = Answers(teachers, shown.Train, cancellation);
        Directory.Delete(alone, recursive: true);

        byte[] pixels = [.. own.Items(0, own.Count), .. images.Pixels.Span];
        long[] labels = [.. MemoryMarshal.Cast<byte, long>(dataset.Train.Label.Items(0, dataset.Train.Count)), .. answers];
        Write(partial, dataset, own, pixels, labels);
        Directory.Move(partial, folder);
    }

    private static void Write(string folder, Dataset dataset, DataTensor own, ReadOnlyMemory<byte> pixels, long[] labels) =>
        DatasetWriter.Write(folder, new DatasetContent { Name = dataset.Name, Labels = dataset.Labels, Train = new SampleSet([new SampleTensor(own.Name, own.Kind, own.ItemShape, pixels)], labels) });

    private static long[] Answers(TeacherEnsemble teachers, DatasetSplit images, CancellationToken cancellation)
    {
        var (answers, width) = (new List<long>(), (int)teachers.Width);
        foreach (var (batch, logits) in teachers.Answers(images, cancellation))
        {
            for (var i = 0; i < batch.Count; i++) answers.Add(teachers.ClassOf(logits.AsSpan(i * width, width)));
        }
        return [.. answers];
    }
}
