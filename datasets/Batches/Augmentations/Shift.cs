namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Moves the frame over an image by whole pixels.</summary>
internal static class Shift
{
    /// <summary>Pixel (y, x) becomes pixel (y + <paramref name="down"/>, x + <paramref name="right"/>), or the fill beyond the edge. Both offsets are smaller than the image.</summary>
    public static void Apply(ImageView image, int down, int right, CropFill fill)
    {
        if (down == 0 && right == 0) return;
        var before = image.Snapshot();
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var row = 0; row < image.Height; row++)
            {
                var from = row + down;
                var line = image.Row(channel, row);
                if (fill == CropFill.Reflect) FillReflected(before.Row(channel, Reflect(from, image.Height)), line, right);
                else if ((uint)from < (uint)image.Height) FillZero(before.Row(channel, from), line, right);
                else line.Clear();
            }
        }
    }

    private static void FillZero(ReadOnlySpan<byte> source, Span<byte> line, int right)
    {
        var inside = CopyInside(source, line, right);
        line[..inside.Start.Value].Clear();
        line[inside.End.Value..].Clear();
    }

    private static void FillReflected(ReadOnlySpan<byte> source, Span<byte> line, int right)
    {
        var inside = CopyInside(source, line, right);
        for (var x = 0; x < inside.Start.Value; x++) line[x] = source[Reflect(x + right, source.Length)];
        for (var x = inside.End.Value; x < line.Length; x++) line[x] = source[Reflect(x + right, source.Length)];
    }

    /// <summary>Copies what the shifted row still sees of the source; gives where it lies.</summary>
    private static Range CopyInside(ReadOnlySpan<byte> source, Span<byte> line, int right)
    {
        var start = Math.Max(0, -right);
        var kept = line.Length - Math.Abs(right);
        source.Slice(Math.Max(0, right), kept).CopyTo(line[start..]);
        return start..(start + kept);
    }

    private static int Reflect(int index, int size) => index < 0 ? -index : index >= size ? (2 * (size - 1)) - index : index;
}
