using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>
/// One teacher or several. Of several the logits are averaged: that is the geometric mean of their distributions, renormalised, at every
/// temperature alike, so that one set of logits can be kept of each sample. (The mean of probabilities would depend on the temperature.)
/// </summary>
internal sealed class TeacherEnsemble : IDisposable
{
    private const int EvaluationBatch = 500;
    private readonly List<Teacher> _teachers = [];
    private float[] _other = [];

    /// <param name="teachers">Models by name, at least one.</param>
    /// <param name="split">Samples of the kind they will be shown.</param>
    /// <param name="features">Values inside the one teacher that it is to give too.</param>
    /// <param name="settings">Where they run.</param>
    /// <exception cref="DistillException">One of them does not fit the samples, or the others.</exception>
    public TeacherEnsemble(IReadOnlyList<(string Name, Model Model)> teachers, DatasetSplit split, IReadOnlyList<string> features, SessionSettings settings)
    {
        if (teachers.Count > 1 && features.Count > 0) throw new DistillException($"distill.features: there are {teachers.Count} teachers, and features are those of one; leave the features out, or give one teacher.");
        try
        {
            foreach (var (name, model) in teachers) _teachers.Add(new Teacher(model, name, split, features, settings));
            if (_teachers.FirstOrDefault(t => t.Width != Width) is { } other)
                throw new DistillException($"The teachers differ: '{_teachers[0].Name}' gives {Width} logits and '{other.Name}' {other.Width}; expected the same classes in the same order.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long Width => _teachers[0].Width;

    /// <summary>The shapes of the features for one sample, in their order.</summary>
    public IReadOnlyList<long[]> FeatureShapes => [.. _teachers[0].Shapes.Skip(1)];

    public IReadOnlyList<Model> Models => [.. _teachers.Select(t => t.Model)];

    public string Name => string.Join(", ", _teachers.Select(t => t.Name));

    /// <summary>Makes sure that the teachers answer with the classes that the student is to give.</summary>
    /// <exception cref="DistillException">They do not.</exception>
    public void CheckClasses(long width, IReadOnlyList<string> labels)
    {
        if (Width != width)
            throw new DistillException($"The teacher '{Name}' gives {Width} logit{(Width == 1 ? "" : "s")} and the student {width}; expected the same classes. Take a teacher trained on these classes, with a loss of the same kind.");
        foreach (var teacher in _teachers.Where(t => t.Labels.Count > 0 && labels.Count > 0 && !t.Labels.SequenceEqual(labels)))
            throw new DistillException($"The teacher '{teacher.Name}' has the classes {string.Join(", ", teacher.Labels)}, and the data {string.Join(", ", labels)}; expected the same in the same order.");
    }

    /// <summary>The logits of a batch's samples, [count, width], and the features in their own tensors.</summary>
    public void Answer(Batch batch, Span<float> logits, IReadOnlyList<BatchTensor> features)
    {
        _teachers[0].Answer(batch, logits, features);
        if (_teachers.Count == 1) return;
        if (_other.Length < logits.Length) _other = new float[logits.Length];
        var other = _other.AsSpan(0, logits.Length);
        foreach (var teacher in _teachers.Skip(1))
        {
            teacher.Answer(batch, other, []);
            TensorPrimitives.Add(logits, other, logits);
        }
        TensorPrimitives.Divide(logits, _teachers.Count, logits);
    }

    /// <summary>The class that a row of logits says.</summary>
    public int ClassOf(ReadOnlySpan<float> logits) => Width == 1 ? logits[0] > 0 ? 1 : 0 : TensorPrimitives.IndexOfMax(logits);

    /// <summary>Share of samples whose label they give, from 0 to 1.</summary>
    public double Accuracy(DatasetSplit split, CancellationToken cancellation)
    {
        var correct = 0;
        foreach (var (batch, logits) in Answers(split, cancellation))
        {
            var labels = MemoryMarshal.Cast<byte, long>(batch.Labels.Bytes);
            for (var i = 0; i < batch.Count; i++)
            {
                if (ClassOf(logits.AsSpan(i * (int)Width, (int)Width)) == labels[i]) correct++;
            }
        }
        return (double)correct / split.Count;
    }

    /// <summary>The logits of all samples in order, some at a time; each is valid until the next is asked for.</summary>
    public IEnumerable<(Batch Batch, float[] Logits)> Answers(DatasetSplit split, CancellationToken cancellation)
    {
        var size = Math.Min(EvaluationBatch, split.Count);
        using var batches = new BatchLoader(split, new BatchOptions { BatchSize = size });
        var logits = new float[size * Width];
        foreach (var batch in batches.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            Answer(batch, logits.AsSpan(0, batch.Count * (int)Width), []);
            yield return (batch, logits);
        }
    }

    public void Dispose()
    {
        foreach (var teacher in _teachers) teacher.Dispose();
    }
}
