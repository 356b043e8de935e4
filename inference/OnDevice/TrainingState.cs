using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.OnDevice;

/// <summary>
/// The tensors that steps change. Each has two buffers: a graph reads one and writes the other, and then they change places, so that
/// no step copies or allocates, and one that fails leaves the state as it was.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private readonly Slot[] _slots;
    private readonly Dictionary<string, Slot> _byName;
    private readonly int[] _turns = new int[3];

    public TrainingState(IReadOnlyList<BundleTensor> tensors)
    {
        _slots = [.. tensors.Select(t => new Slot(t, new NativeBuffer(t.Type, [.. t.Shape]), new NativeBuffer(t.Type, [.. t.Shape]), GroupOf(t)))];
        _byName = _slots.ToDictionary(s => s.Tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Which buffers hold the state just now: runs bound for this number can be run again.</summary>
    public int Turn => _turns[0] | (_turns[1] << 1) | (_turns[2] << 2);

    public IEnumerable<(BundleTensor Tensor, NativeBuffer Buffer)> Current => _slots.Select(s => (s.Tensor, At(s)));

    /// <summary>Where the next values go of the tensors for which <paramref name="output"/> names one.</summary>
    public IEnumerable<(string Output, NativeBuffer Buffer)> Next(Func<BundleTensor, string?> output) =>
        _slots.Where(s => output(s.Tensor) is not null).Select(s => (output(s.Tensor)!, _turns[s.Group] == 0 ? s.Second : s.First));

    public NativeBuffer this[string name] => At(_byName[name]);

    /// <summary>Takes what a training step wrote.</summary>
    public void TakeTrained() => Take(0, 1);

    /// <summary>Takes what a batch before the step's last wrote.</summary>
    public void TakeAccumulated() => Take(1, 2);

    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private NativeBuffer At(Slot slot) => _turns[slot.Group] == 0 ? slot.First : slot.Second;

    private void Take(params ReadOnlySpan<int> groups)
    {
        foreach (var group in groups) _turns[group] ^= 1;
    }

    /// <summary>Tensors that the training graph alone writes, both graphs, or the accumulating one alone.</summary>
    private static int GroupOf(BundleTensor tensor) => tensor.Accumulated is null ? 0 : tensor.Trained is not null ? 1 : 2;

    private readonly record struct Slot(BundleTensor Tensor, NativeBuffer First, NativeBuffer Second, int Group);
}
