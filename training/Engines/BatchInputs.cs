using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Engines;

/// <summary>What one run takes besides the weights, for a step that binds anew each time; it owns what is added to it.</summary>
internal sealed class BatchInputs : IDisposable
{
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];

    /// <param name="batch">The batch.</param>
    /// <param name="count">How many of its samples are taken, the first ones; null for all.</param>
    public BatchInputs(Batch batch, int? count = null)
    {
        foreach (var (name, tensor) in BatchViews.Of(batch))
        {
            var view = BatchViews.View(tensor, count ?? batch.Count);
            _owned.Add(view);
            _values[name] = view;
        }
    }

    public IReadOnlyDictionary<string, OrtValue> Values => _values;

    public void Add(NativeTensor tensor)
    {
        _owned.Add(tensor);
        _values[tensor.Name] = tensor.OrtValue;
    }

    public void Add(string name, float scalar)
    {
        var tensor = new NativeTensor(name);
        tensor.Span[0] = scalar;
        Add(tensor);
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
