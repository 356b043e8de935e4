using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Engines;

/// <summary>A batch's buffers and a step's scalars as values to bind, for a step that binds anew each time.</summary>
internal sealed class BatchInputs : IDisposable
{
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];

    public BatchInputs(Batch batch)
    {
        foreach (var (name, tensor) in BatchViews.Of(batch)) _values[name] = BatchViews.View(tensor, batch.Count);
        _owned.AddRange(_values.Values);
    }

    public IReadOnlyDictionary<string, OrtValue> Values => _values;

    public void Add(string name, ReadOnlySpan<float> scalar)
    {
        var tensor = new NativeTensor(name);
        scalar.CopyTo(tensor.Span);
        _values[name] = tensor.OrtValue;
        _owned.Add(tensor);
    }

    public void BindTo(OrtIoBinding binding, InferenceSession session)
    {
        foreach (var (name, value) in _values.Where(v => session.InputMetadata.ContainsKey(v.Key))) binding.BindInput(name, value);
    }

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
    }
}
