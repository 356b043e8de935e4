using System.Buffers;
using OnnxPipeline.Inference.Folders.Inputs;
using OnnxPipeline.Runtime.Archives;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Folders;

/// <summary>The images of one model run: their pixels lie one after the other in a rented array, and slices of it are decoded at the same time.</summary>
internal sealed class DecodedBatch(Predictor predictor, int size) : IDisposable
{
    /// <summary>Files that one task decodes: small images cost no more than the task.</summary>
    private const int SliceSize = 4;

    private readonly List<InputImage> _images = new(size);
    private readonly string?[] _errors = new string?[size];
    private byte[] _pixels = ArrayPool<byte>.Shared.Rent(size * predictor.PixelCount);

    public bool IsFull => _images.Count == size;

    private ImageLimits Limits => predictor.Limits;

    public Slice NextSlice() => new(this);

    /// <summary>Moves the good images together, runs the model on them, and gives a row an image.</summary>
    public FolderRow[] Run(Predictor model)
    {
        var (length, good) = (model.PixelCount, 0);
        for (var i = 0; i < _images.Count; i++)
        {
            if (_errors[i] is not null) continue;
            if (good < i) _pixels.AsSpan(i * length, length).CopyTo(_pixels.AsSpan(good * length));
            good++;
        }
        var predictions = model.PredictPixels(_pixels.AsSpan(0, good * length), good);
        var rows = new FolderRow[_images.Count];
        for (var (i, next) = (0, 0); i < rows.Length; i++)
            rows[i] = new FolderRow(_images[i].Path, _errors[i] is null ? predictions[next++] : null, _errors[i]) { Fields = _images[i].Fields };
        return rows;
    }

    public void Dispose()
    {
        if (_pixels.Length > 0) ArrayPool<byte>.Shared.Return(_pixels);
        _pixels = [];
    }

    /// <summary>Some images of a batch, next to each other, that one worker decodes.</summary>
    public sealed class Slice(DecodedBatch batch)
    {
        private readonly int _first = batch._images.Count;
        private readonly List<(InputImage Image, byte[]? Bytes)> _images = new(SliceSize);

        /// <summary>An image of an archive is one alone, since its bytes are held.</summary>
        public bool IsFull => batch.IsFull || _images.Count == SliceSize || _images.Any(i => i.Bytes is not null);

        /// <summary>Takes an image; one of an archive is read here.</summary>
        public void Add(InputImage image)
        {
            var (bytes, error) = image.Entry is { } entry ? Read(entry) : (null, image.Error);
            batch._errors[_first + _images.Count] = error;
            batch._images.Add(image);
            _images.Add((image, bytes));
        }

        public void Decode()
        {
            for (var i = 0; i < _images.Count; i++) batch._errors[_first + i] ??= batch.TryDecode(_first + i, _images[i].Image.Path, _images[i].Bytes);
        }

        private (byte[]? Bytes, string? Error) Read(ArchiveEntry entry)
        {
            try
            {
                var (bytes, fault) = entry.Read(batch.Limits);
                return (bytes, fault);
            }
            catch (Exception exception) when (exception is ArchiveException or IOException)
            {
                return (null, exception.Message);
            }
        }
    }

    /// <summary>Null, or what is wrong with the image.</summary>
    private string? TryDecode(int place, string path, byte[]? bytes)
    {
        try
        {
            predictor.Decode(bytes ?? predictor.Read(path), _pixels.AsSpan(place * predictor.PixelCount, predictor.PixelCount));
            return null;
        }
        catch (Exception exception) when (exception is ImageException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
