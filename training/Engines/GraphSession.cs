using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Engines;

/// <summary>
/// A session whose inputs and outputs are bound once for each batch buffer and size, so that a step in the steady state is a
/// single native call that allocates nothing managed.
/// </summary>
internal sealed class GraphSession(InferenceSession session, IReadOnlyList<NativeTensor> constantInputs, IReadOnlyList<NativeTensor> constantOutputs) : IDisposable
{
    private readonly Dictionary<(BatchTensor Buffer, int Count), BoundRun> _runs = [];
    private readonly RunOptions _options = new();

    /// <summary>
    /// The run for a batch: its features and labels as inputs, together with the inputs that never move. Tensors whose shape
    /// follows the batch are made by <paramref name="perBatch"/> when this buffer and size are first seen.
    /// </summary>
    public BoundRun For(Batch batch, Func<int, BatchTensors> perBatch)
    {
        var key = (batch.Labels, batch.Count);
        if (_runs.TryGetValue(key, out var run)) return run;
        return _runs[key] = Bind(batch, perBatch(batch.Count));
    }

    public void Execute(BoundRun run) => session.RunWithBinding(_options, run.Binding);

    public void Dispose()
    {
        foreach (var run in _runs.Values) run.Dispose();
        _options.Dispose();
        session.Dispose();
    }

    private BoundRun Bind(Batch batch, BatchTensors tensors)
    {
        var binding = session.CreateIoBinding();
        var views = new Dictionary<string, OrtValue>();
        foreach (var (name, tensor) in BatchViews.Of(batch))
        {
            if (!session.InputMetadata.ContainsKey(name)) continue;
            var view = BatchViews.View(tensor, batch.Count);
            views[name] = view;
            binding.BindInput(name, view);
        }
        foreach (var input in constantInputs.Concat(tensors.Inputs).Where(i => session.InputMetadata.ContainsKey(i.Name))) binding.BindInput(input.Name, input.OrtValue);
        foreach (var output in constantOutputs.Append(tensors.Logits)) binding.BindOutput(output.Name, output.OrtValue);
        return new BoundRun(binding, views, tensors);
    }
}

/// <summary>Tensors of a run whose shape follows the batch.</summary>
internal sealed record BatchTensors(IReadOnlyList<NativeTensor> Fixed, IReadOnlyList<NativeTensor> Masks, NativeTensor Logits)
{
    public IEnumerable<NativeTensor> Inputs => Fixed.Concat(Masks);
}

/// <summary>A bound run and what it owns.</summary>
internal sealed class BoundRun(OrtIoBinding binding, IReadOnlyDictionary<string, OrtValue> views, BatchTensors tensors) : IDisposable
{
    public OrtIoBinding Binding => binding;

    public BatchTensors Tensors => tensors;

    /// <summary>The batch's own buffers, by input name.</summary>
    public IReadOnlyDictionary<string, OrtValue> BatchViews => views;

    public void Dispose()
    {
        binding.Dispose();
        foreach (var view in views.Values) view.Dispose();
        foreach (var tensor in tensors.Inputs.Append(tensors.Logits)) tensor.Dispose();
    }
}
