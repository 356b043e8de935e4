using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Datasets.Images;

namespace OnnxPipeline.Datasets;

/// <summary>A user's images without classes: all of a folder or archive, whatever its folders are called, in memory.</summary>
/// <param name="Count">How many.</param>
/// <param name="ItemShape">Shape of one: [channels, height, width].</param>
/// <param name="Pixels">One after the other, in the order of their names.</param>
/// <param name="Broken">Those that were left out since they cannot be decoded, each with its fault.</param>
public sealed record UnlabelledImages(int Count, IReadOnlyList<long> ItemShape, ReadOnlyMemory<byte> Pixels, IReadOnlyList<string> Broken)
{
    /// <summary>Broken images that an error lists by name.</summary>
    private const int Listed = 20;

    /// <summary>Reads them; of more than <paramref name="limit"/>, as many, spread evenly over their names.</summary>
    /// <param name="options">Where they are and what they are brought to; a test share has no meaning here.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetSourceException">There is nothing at the path, or it cannot be read.</exception>
    /// <exception cref="DatasetFormatException">There are no images in it, some are broken and may not be left out, they are of several sizes, or take too much memory.</exception>
    public static UnlabelledImages Read(ImageFolderOptions options, int limit = int.MaxValue, CancellationToken cancellation = default)
    {
        var source = ImageSources.Open(options.Path);
        var names = Names(source, limit);
        var folder = Directory.CreateTempSubdirectory("images-");
        try
        {
            using var scratch = new ScratchFile(folder.FullName);
            var decoding = new ImageDecoding(source, options, names);
            decoding.Run(scratch.Handle, cancellation);
            if (decoding.Misfits.FirstOrDefault() is { Value: { Height: > 0 } size } misfit)
                throw new DatasetFormatException($"{source.Path}: '{names[misfit.Key]}' is {size} (height x width), and others are {decoding.ItemShape[1]}x{decoding.ItemShape[2]}; expected one size. Give the size to bring them all to.");
            var broken = decoding.Broken.Select(b => $"{names[b.Key]}: {b.Value}").Order(StringComparer.Ordinal).ToArray();
            if (broken.Length == names.Length || (broken.Length > 0 && !options.SkipBroken))
                throw new DatasetFormatException($"{source.Path}: {broken.Length:N0} of {names.Length:N0} images are broken:\n  - {string.Join("\n  - ", broken.Take(Listed))}{(broken.Length > Listed ? $"\n  - and {broken.Length - Listed:N0} more" : "")}\nRepair or remove them.");
            int[] kept = [.. Enumerable.Range(0, names.Length).Where(place => !decoding.Broken.ContainsKey(place))];
            return new UnlabelledImages(kept.Length, decoding.ItemShape, PixelsOf(scratch, decoding.ItemShape, kept, source.Path), broken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>SHA-256 over the names and the content of all that is there, in lower-case hexadecimal.</summary>
    /// <exception cref="DatasetSourceException">There is nothing at the path, or it cannot be read.</exception>
    public static string Fingerprint(string path, CancellationToken cancellation = default) => ImageSources.Open(path).Fingerprint(cancellation);

    private static string[] Names(IImageSource source, int limit)
    {
        var listing = source.List();
        var names = listing.Files.Where(ImageLayout.IsImage).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) throw new DatasetFormatException($"{source.Path}: there are no images in it, only {listing.Files.Count:N0} other files; expected .png, .jpg, .jpeg, .bmp or .gif files.");
        var count = Math.Min(names.Length, limit);
        return [.. Enumerable.Range(0, count).Select(i => names[(int)((long)i * names.Length / count)])];
    }

    private static byte[] PixelsOf(ScratchFile scratch, long[] shape, int[] kept, string path)
    {
        var size = DataKind.UInt8.ItemBytes(shape);
        if ((long)kept.Length * size > Array.MaxLength) throw new DatasetFormatException($"{path}: {kept.Length:N0} images of {size:N0} bytes do not fit memory at once; expected at most {Array.MaxLength / size:N0} of this size.");
        var pixels = new byte[kept.Length * size];
        var filled = 0;
        foreach (var block in new StoredItems(scratch.Handle, size, kept).Blocks())
        {
            block.CopyTo(pixels.AsMemory(filled));
            filled += block.Length;
        }
        return pixels;
    }
}
