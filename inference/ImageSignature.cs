using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference;

/// <summary>How a model is used as an image classifier: settled once, when it is opened, from options, metadata and its own inputs and outputs.</summary>
internal sealed record ImageSignature(ImageInput Input, TensorElementType PixelType, int? FixedBatch, string Output, IReadOnlyList<string> Labels, double? Threshold)
{
    private const int Rank = 4;

    /// <summary>Bytes of one image.</summary>
    public int PixelCount => Input.Channels * Input.Height * Input.Width;

    /// <exception cref="ModelException">The model takes no image or gives no classes, or leaves in doubt how; the message says which option settles it.</exception>
    public static ImageSignature Resolve(ModelSession session, PredictorOptions options)
    {
        var stated = options.Input ?? session.Metadata?.Input;
        if (stated is null && session.Metadata is { Columns.Count: > 0 }) throw Unfit(session, $"it takes rows of a table; use {nameof(TablePredictor)}");
        var input = Find(session, session.Inputs, stated?.Name, "input", nameof(PredictorOptions.Input));
        if (session.Inputs.Count != 1) throw Unfit(session, $"it takes {session.Inputs.Count} inputs ({List(session.Inputs)}); an image classifier takes one");
        if (input.ElementType is not (TensorElementType.UInt8 or TensorElementType.Float))
            throw Unfit(session, $"its input '{input}' does not take pixels as uint8 or float");
        if (stated?.Layout != ImageLayout.Encoded && input.Shape.Count != Rank) throw Unfit(session, $"its input '{input}' has {input.Shape.Count} axes; images take {Rank}, [batch, channels, height, width] or [batch, height, width, channels]");
        var image = stated ?? Guess(session, input);
        Check(session, input, image);
        if (input.ElementType == TensorElementType.Float && options.Normalization is null)
            throw Unfit(session, $"its input '{input}' takes float pixels, and nothing says how bytes become those; give {nameof(PredictorOptions)}.{nameof(PredictorOptions.Normalization)}");

        var outputName = options.Output ?? session.Metadata?.Probabilities;
        var output = Find(session, session.Outputs, outputName, "output", nameof(PredictorOptions.Output));
        if (output.ElementType != TensorElementType.Float || output.Shape.Count != 2) throw Unfit(session, $"its output '{output}' is not float [batch, classes]");
        var labels = options.Labels ?? session.Metadata?.Labels
            ?? (output.Shape[1] > 0 ? [.. Enumerable.Range(0, output.Shape[1]).Select(i => i.ToString())] : throw Unfit(session, $"nothing says how many classes its output '{output}' holds; give {nameof(PredictorOptions)}.{nameof(PredictorOptions.Labels)}"));
        if (labels.Count == 0 || output.Shape[1] > 0 && output.Shape[1] != labels.Count) throw Unfit(session, $"its output '{output}' has {output.Shape[1]} classes, but there are {labels.Count} labels");
        if (labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1) is { } twice) throw Unfit(session, $"the label '{twice.Key}' names {twice.Count()} classes; labels must differ");
        return new ImageSignature(image, input.ElementType.Value, image.Layout == ImageLayout.Encoded ? 1 : input.Shape[0] > 0 ? input.Shape[0] : null, output.Name, labels, ThresholdOf(session, options, labels));
    }

    /// <summary>A threshold is of two classes.</summary>
    private static double? ThresholdOf(ModelSession session, PredictorOptions options, IReadOnlyList<string> labels) => (options.Threshold ?? session.Metadata?.Threshold) is not { } threshold ? null
        : labels.Count == 2 ? threshold
        : throw Unfit(session, $"its metadata or the options have a threshold, which is for two classes, and it has {labels.Count}");

    private static TensorSpec Find(ModelSession session, IReadOnlyList<TensorSpec> specs, string? name, string kind, string option)
    {
        if (name is not null) return specs.FirstOrDefault(s => s.Name == name) ?? throw Unfit(session, $"it has no {kind} '{name}'; its {kind}s are {List(specs)}");
        return specs.Count == 1 ? specs[0] : throw Unfit(session, $"it has {specs.Count} {kind}s ({List(specs)}); say which with {nameof(PredictorOptions)}.{option}");
    }

    /// <summary>Channels are the axis of 1 or 3; when both or neither place could hold them, or a size is free, only the caller can know.</summary>
    private static ImageInput Guess(ModelSession session, TensorSpec input)
    {
        var shape = input.Shape;
        var chw = shape[1] is 1 or 3;
        var hwc = shape[3] is 1 or 3;
        if (chw == hwc || shape.Skip(1).Any(size => size <= 0))
            throw Unfit(session, $"its input '{input}' leaves in doubt what an image's channels, height and width are; give {nameof(PredictorOptions)}.{nameof(PredictorOptions.Input)}");
        return chw
            ? new ImageInput(input.Name, shape[1], shape[2], shape[3])
            : new ImageInput(input.Name, shape[3], shape[1], shape[2], ImageLayout.Hwc);
    }

    private static void Check(ModelSession session, TensorSpec input, ImageInput image)
    {
        if (image.Channels is not (1 or 3) || image.Height < 1 || image.Width < 1)
            throw Unfit(session, $"an image of {image.Channels} channel(s), {image.Height}x{image.Width}, cannot be made; channels are 1 (greyscale) or 3 (RGB)");
        if (image.Layout == ImageLayout.Encoded)
        {
            if (input is not { ElementType: TensorElementType.UInt8, Shape.Count: 1 } || !session.TakesFiles)
                throw Unfit(session, $"its input '{input}' does not take the bytes of an image file, uint8 [bytes], as its metadata or the options state");
            return;
        }
        int[] expected = image.Layout == ImageLayout.Chw ? [image.Channels, image.Height, image.Width] : [image.Height, image.Width, image.Channels];
        if (!input.Shape.Skip(1).Zip(expected).All(pair => pair.First <= 0 || pair.First == pair.Second))
            throw Unfit(session, $"its input '{input}' does not fit the image [{string.Join(",", expected)}] ({image.Layout}) that its metadata or the options state");
    }

    private static string List(IReadOnlyList<TensorSpec> specs) => string.Join(", ", specs);

    private static ModelException Unfit(ModelSession session, string why) => new($"{session.Source}: cannot be used to classify images: {why}.");
}
