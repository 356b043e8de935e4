using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>Reads image files no further than the limits allow.</summary>
internal static class ImageFile
{
    public static byte[] Read(string path, ImageLimits limits)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        if (!file.CanSeek) return Read(file, limits);
        if (file.Length > limits.MaxBytes) throw TooLong(limits);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public static byte[] Read(Stream stream, ImageLimits limits)
    {
        using var all = new MemoryStream();
        var chunk = new byte[81_920];
        while (stream.Read(chunk) is > 0 and var read)
        {
            if (all.Length + read > limits.MaxBytes) throw TooLong(limits);
            all.Write(chunk, 0, read);
        }
        return all.ToArray();
    }

    private static ImageException TooLong(ImageLimits limits) =>
        new($"the file has more than the {limits.MaxBytes} bytes that are allowed; raise {nameof(ImageLimits)}.{nameof(ImageLimits.MaxBytes)}.");
}
