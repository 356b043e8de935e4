using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Between an image and the shape of the input that takes it.</summary>
internal static class ImageShape
{
    private const int Rank = 4;

    /// <summary>The image that an input of this shape takes, its channels being the axis of 1 or 3, the first of two; null for none.</summary>
    /// <param name="name">The input's.</param>
    /// <param name="sizes">[batch, …]; -1 for a free axis.</param>
    public static ImageInput? Of(string name, IReadOnlyList<long> sizes)
    {
        if (sizes.Count != Rank || sizes.Skip(1).Any(size => size is < 1 or > int.MaxValue)) return null;
        if (sizes[1] is 1 or 3) return new ImageInput(name, (int)sizes[1], (int)sizes[2], (int)sizes[3], ImageLayout.Chw);
        return sizes[3] is 1 or 3 ? new ImageInput(name, (int)sizes[3], (int)sizes[1], (int)sizes[2], ImageLayout.Hwc) : null;
    }

    /// <summary>The image that a model takes, as its metadata says or else the shape of its only input does; null for anything else.</summary>
    public static ImageInput? Of(InferenceSession session, DeployMetadata? metadata) => metadata?.Input
        ?? (session.InputMetadata.Count == 1 && session.InputMetadata.First() is { Value.IsTensor: true } input ? Of(input.Key, [.. input.Value.Dimensions.Select(size => (long)size)]) : null);

    /// <summary>The sizes of one image's pixels, [channels, height, width] or [height, width, channels].</summary>
    public static long[] Of(ImageInput image) => image.Layout == ImageLayout.Hwc ? [image.Height, image.Width, image.Channels] : [image.Channels, image.Height, image.Width];

    public static int Bytes(ImageInput image) => checked(image.Channels * image.Height * image.Width);

    /// <summary>The axes of height and width, the batch's counted.</summary>
    public static (long Height, long Width) Axes(ImageInput image) => image.Layout == ImageLayout.Hwc ? (1, 2) : (2, 3);
}
