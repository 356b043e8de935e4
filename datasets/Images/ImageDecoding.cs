using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Decodes a source's images on all cores, each into its place of a file. No more images than cores are in memory at once.</summary>
/// <param name="source">Where they are.</param>
/// <param name="options">Channels, size and fit.</param>
/// <param name="names">The images, by their places.</param>
internal sealed class ImageDecoding(IImageSource source, ImageFolderOptions options, IReadOnlyList<string> names)
{
    private readonly Dictionary<string, int> _places = names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i, StringComparer.Ordinal);
    private readonly int _channels = options.Channels == ImageChannels.Grey ? 1 : 3;
    private ImageSize _size;

    /// <summary>Shape of a decoded image: [channels, height, width].</summary>
    public long[] ItemShape => [_channels, _size.Height, _size.Width];

    /// <summary>Why images are broken, by their places.</summary>
    public ConcurrentDictionary<int, string> Broken { get; } = [];

    /// <summary>The images of another size than the first's, by their places, where none was asked for.</summary>
    public ConcurrentDictionary<int, ImageSize> Misfits { get; } = [];

    /// <summary>Fills <see cref="Broken"/>, <see cref="Misfits"/> and, for every other image, its place of <paramref name="target"/>: uint8 [channels, height, width].</summary>
    public void Run(SafeFileHandle target, CancellationToken cancellation)
    {
        _size = options.Size is { } asked && ImageSize.TryParse(asked, out var size) ? size : FirstSize();
        var done = new bool[names.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        try
        {
            // Without buffering: an archive is read by one thread at a time, and never ahead of the decoders.
            Parallel.ForEach(Partitioner.Create(source.Read(_places.ContainsKey), EnumerablePartitionerOptions.NoBuffering), parallel, item =>
            {
                var place = _places[item.Name];
                done[place] = true;
                Decode(item, place, target);
            });
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
        for (var place = 0; place < done.Length; place++)
        {
            if (!done[place]) Broken[place] = "the file was gone when its turn came.";
        }
    }

    /// <summary>Of the first image in the source's order that can be decoded; of none, any size will do.</summary>
    private ImageSize FirstSize()
    {
        foreach (var item in source.Read(_places.ContainsKey))
        {
            if (TryDecode(item) is ({ } image, _)) return new ImageSize(image.Height, image.Width);
        }
        return new ImageSize(1, 1);
    }

    private void Decode(SourceItem item, int place, SafeFileHandle target)
    {
        var (image, fault) = TryDecode(item);
        if (image is null)
        {
            Broken[place] = fault!;
            return;
        }
        var found = new ImageSize(image.Height, image.Width);
        if (options.Size is null && found != _size)
        {
            Misfits[place] = found;
            return;
        }
        var length = _channels * _size.Height * _size.Width;
        var pixels = ArrayPool<byte>.Shared.Rent(length);
        ImageFitter.Fit(image, _size, options.Fit).CopyToChw(pixels);
        RandomAccess.Write(target, pixels.AsSpan(0, length), (long)place * length);
        ArrayPool<byte>.Shared.Return(pixels);
    }

    private (Image? Image, string? Fault) TryDecode(SourceItem item)
    {
        if (item.Bytes is null) return (null, item.Fault);
        try
        {
            return (ImageDecoder.Decode(item.Bytes, _channels), null);
        }
        catch (ImageException exception)
        {
            return (null, exception.Message);
        }
    }
}
