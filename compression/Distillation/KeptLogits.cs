using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>
/// A teacher's logits of every sample of a split in a mapped file, float32 [samples, width]. They are computed once, in batches of the
/// split's own order: what a sample gets depends on no batch of training, so a resumed run reads or computes the same.
/// </summary>
internal sealed class KeptLogits : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly float[] _row;

    private KeptLogits(string path, long width)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _row = new float[width];
    }

    /// <summary>Opens the file, which is written first where it is not whole.</summary>
    /// <param name="path">The file: of these teachers and this split alone.</param>
    /// <param name="teachers">Who answers.</param>
    /// <param name="split">The samples, at least one.</param>
    /// <param name="cancellation">Stops the writing; what was written is not kept.</param>
    public static KeptLogits Open(string path, TeacherEnsemble teachers, DatasetSplit split, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != split.Count * teachers.Width * sizeof(float)) Write(path, teachers, split, cancellation);
        return new KeptLogits(path, teachers.Width);
    }

    /// <summary>Copies the rows of samples, one after the other.</summary>
    public void Read(ReadOnlySpan<int> samples, Span<float> logits)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            _view.ReadArray((long)samples[i] * _row.Length * sizeof(float), _row, 0, _row.Length);
            _row.CopyTo(logits[(i * _row.Length)..]);
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static void Write(string path, TeacherEnsemble teachers, DatasetSplit split, CancellationToken cancellation)
    {
        var partial = path + ".partial";
        using (var stream = File.Create(partial))
        {
            foreach (var (batch, logits) in teachers.Answers(split, cancellation))
                stream.Write(MemoryMarshal.AsBytes(logits.AsSpan(0, batch.Count * (int)teachers.Width)));
        }
        File.Move(partial, path, overwrite: true);
    }
}
