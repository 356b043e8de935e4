using System.Runtime.InteropServices;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>
/// A graph ready to run: its nodes as TorchSharp operations in order, every value at a place of its own. A value is disposed of
/// after its last reader; what gradients need, autograd keeps by itself.
/// </summary>
internal sealed class TorchGraph : IDisposable
{
    private readonly TorchStep[] _steps;
    private readonly Dictionary<string, int> _places;
    private readonly Tensor?[] _values;
    private readonly Tensor[] _constants;
    private readonly HashSet<int> _given;

    /// <param name="steps">The nodes in order.</param>
    /// <param name="places">The places of inputs, outputs and constants by name.</param>
    /// <param name="count">Places.</param>
    /// <param name="constants">The initializers, by place; the graph owns them.</param>
    /// <param name="inputs">Places that are given and not computed.</param>
    public TorchGraph(TorchStep[] steps, Dictionary<string, int> places, int count, IReadOnlyDictionary<int, Tensor> constants, IEnumerable<int> inputs)
    {
        (_steps, _places) = (steps, places);
        _values = new Tensor?[count];
        _constants = [.. constants.Values];
        foreach (var (place, tensor) in constants) _values[place] = tensor;
        _given = [.. inputs, .. constants.Keys];
    }

    /// <summary>The place of an input or output; −1 where nothing of the graph bears the name.</summary>
    public int PlaceOf(string name) => _places.GetValueOrDefault(name, -1);

    /// <summary>Gives an input; the caller keeps it. An input at −1 is one that nothing reads.</summary>
    public void Give(int place, Tensor tensor)
    {
        if (place >= 0) _values[place] = tensor;
    }

    /// <summary>An output of the last run; the graph keeps it until <see cref="Clear"/>.</summary>
    public Tensor this[int place] => _values[place]!;

    /// <summary>Computes the outputs.</summary>
    /// <exception cref="TrainingException">A node cannot be computed; the message names it.</exception>
    public void Run()
    {
        Clear();
        foreach (var step in _steps)
        {
            try
            {
                step.Run(_values);
            }
            catch (Exception exception) when (exception is ExternalException or ArgumentException && !DeviceMemory.IsExhausted(exception))
            {
                Clear();
                throw new TrainingException($"Node '{step.Node.DisplayName}': TorchSharp could not compute this {step.Node.OpType}: {exception.Message.Split('\n')[0]}", exception);
            }
        }
    }

    /// <summary>Disposes of the outputs of the last run.</summary>
    public void Clear()
    {
        for (var place = 0; place < _values.Length; place++)
        {
            if (_values[place] is null || _given.Contains(place)) continue;
            _values[place]!.Dispose();
            _values[place] = null;
        }
    }

    /// <summary>The first float value, in graph order, that holds a NaN or an infinity, when the graph is run once more on the inputs it has; null when none does.</summary>
    public string? FirstNonFinite()
    {
        Clear();
        var names = _places.ToDictionary(p => p.Value, p => p.Key);
        using var _ = torch.no_grad();
        foreach (var step in _steps)
        {
            (step with { LastUses = [] }).Run(_values);
            foreach (var place in step.Outputs.Where(place => place >= 0 && !IsFinite(_values[place])))
            {
                Clear();
                return names[place];
            }
        }
        Clear();
        return null;
    }

    public void Dispose()
    {
        Clear();
        foreach (var constant in _constants) constant.Dispose();
    }

    /// <summary>Whether all elements are finite; true of what holds no floats.</summary>
    public static bool IsFinite(Tensor? tensor)
    {
        if (tensor is null || !tensor.is_floating_point()) return true;
        using var finite = tensor.isfinite();
        using var all = finite.all();
        return all.item<bool>();
    }
}
