using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>Copies the raw pixels of samples <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> into <paramref name="destination"/>, one after the other.</summary>
public delegate void SampleSource(int start, int count, Span<byte> destination);

/// <summary>Samples that the model was not trained on, as its trained and its deployed form take them, with the true class or value of each.</summary>
public abstract class HeldOutSamples
{
    private protected HeldOutSamples(ReadOnlyMemory<int> labels, ReadOnlyMemory<float> values)
    {
        Labels = labels;
        Values = values;
    }

    public virtual int Count => Math.Max(Labels.Length, Values.Length);

    /// <summary>The true class of each; empty for a regression.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>The true value of each, in the target's unit; empty for classes.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The first samples of a part of a dataset, which must stay open while they are read.</summary>
    /// <param name="dataset">A dataset of images or of a table.</param>
    /// <param name="split">One of its parts.</param>
    /// <param name="limit">How many at most.</param>
    /// <exception cref="ArgumentException">The part's features are neither one uint8 image nor columns of a table.</exception>
    public static HeldOutSamples Of(Dataset dataset, DatasetSplit split, int limit = int.MaxValue)
    {
        var count = Math.Min(limit, split.Count);
        var labels = dataset.Target is null ? Classes(split, count) : [];
        float[] values = dataset.Target is null ? [] : MemoryMarshal.Cast<byte, float>(split.Label.Items(0, count)).ToArray();
        if (dataset.Columns.Count > 0) return new TableSamples(labels, values, split, dataset.Columns);
        if (split.Features is not [{ Kind: DataKind.UInt8, ItemShape.Count: 3 } images] || dataset.Target is not null)
            throw new ArgumentException($"The split '{split.Name}' has the features {string.Join(", ", split.Features)}; expected one image of a class, uint8[channels,height,width], or the columns of a table.", nameof(split));
        return new ImageSamples(labels, images.ItemBytes, (start, size, destination) => images.Items(start, size).CopyTo(destination), ImageLayout.Chw);
    }

    /// <summary>Images that lie in memory one after the other.</summary>
    /// <exception cref="ArgumentException">The pixels are not one image of equal size a label, or are encoded.</exception>
    public static HeldOutSamples Of(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<int> labels, ImageLayout layout = ImageLayout.Chw)
    {
        if (layout == ImageLayout.Encoded) throw new ArgumentException("Samples are pixels; decode the files first.", nameof(layout));
        if (labels.Length == 0 ? pixels.Length > 0 : pixels.Length % labels.Length != 0)
            throw new ArgumentException($"{pixels.Length} bytes of pixels are not {labels.Length} images of one size.", nameof(pixels));
        var size = labels.Length == 0 ? 0 : pixels.Length / labels.Length;
        return new ImageSamples(labels, size, (start, count, destination) => pixels.Span.Slice(start * size, count * size).CopyTo(destination), layout);
    }

    /// <summary>Samples as tensors by the names of a model's inputs; the first axis of each counts them. Nothing is known of the right answers.</summary>
    /// <exception cref="ArgumentException">There is no tensor, they are of different lengths, or of a type that samples cannot be.</exception>
    public static HeldOutSamples Of(IReadOnlyList<Initializer> tensors) => new TensorSamples(tensors);

    /// <summary>Samples made up from a model's signature, the same for the same seed; null where its inputs have no common first axis to count them by.</summary>
    /// <param name="model">Its inputs are made.</param>
    /// <param name="count">How many samples, where the model does not fix that.</param>
    /// <param name="seed">Decides the elements.</param>
    /// <exception cref="ExportException">ONNX Runtime does not run the model on such inputs.</exception>
    public static HeldOutSamples? MadeUpFor(Model model, int count, ulong seed = 1)
    {
        using var runner = new GraphRunner(model, GraphOptimizationLevel.ORT_ENABLE_ALL);
        if (GeneratedInputs.FirstThatRun(model, runner, count, seed, out var why) is not var (feeds, _))
            throw new ExportException($"ONNX Runtime does not run the model on inputs made up from its signature ({string.Join(", ", model.Graph.RequiredInputs)}): {why!.Message}", why);
        return feeds.Count > 0 && feeds.All(f => f.Dims.Count > 0 && f.Dims[0] == feeds[0].Dims[0]) ? Of(feeds) : null;
    }

    /// <summary>The same samples, with nothing known of the right answers.</summary>
    public HeldOutSamples WithoutLabels() => new UnlabelledSamples(this);

    /// <summary>The same samples for a model that was never deployed: rows of a table stay numbers and codes.</summary>
    public HeldOutSamples InTrainingForm() => new TrainingFormSamples(this);

    /// <summary>Images as the floats that a model takes: (byte / 255 − mean) / standard deviation.</summary>
    /// <param name="image">The model's input: its name, and how it has pixels.</param>
    /// <param name="mean">One value a channel, or one for all.</param>
    /// <param name="deviation">Likewise, above 0.</param>
    /// <exception cref="ArgumentException">There are other numbers of values.</exception>
    public HeldOutSamples AsFloats(ImageInput image, IReadOnlyList<float> mean, IReadOnlyList<float> deviation) => new FloatImages(this, image, mean, deviation);

    /// <summary>The samples as the model in training takes them.</summary>
    internal abstract SampleBatch Trained(int start, int count);

    /// <summary>The samples as the deployed model takes them.</summary>
    internal abstract SampleBatch Deployed(int start, int count);

    /// <summary>Inputs of the same form that no dataset has; the last of them has no sample at all.</summary>
    internal abstract IEnumerable<HostileSamples> Hostile();

    private static int[] Classes(DatasetSplit split, int count) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, long>(split.Label.Items(0, count)).ToArray(), label => checked((int)label));
}
