using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Engines;

/// <summary>The tensors a device keeps from step to step. They come to the host only when they are asked for.</summary>
internal sealed class DeviceTensors : IDisposable
{
    private readonly IReadOnlyList<CarriedTensor> _tensors;
    private readonly InferenceSession _copy;
    private readonly RunOptions _run = new();
    private IReadOnlyList<IDisposable> _owners;
    private IReadOnlyList<OrtValue> _values;

    public DeviceTensors(IReadOnlyList<CarriedTensor> tensors, SessionSettings settings)
    {
        _tensors = tensors;
        Memory = settings.Device.IsCuda
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, settings.Device.Index, OrtMemType.Default)
            : OrtMemoryInfo.DefaultInstance;
        _copy = SessionFactory.Create(CopyGraph(tensors).ToBytes(), settings);
        (_values, _owners) = Upload(tensors.Select(t => t.Initial));
    }

    /// <summary>Where the device keeps what it computes.</summary>
    public OrtMemoryInfo Memory { get; }

    /// <summary>Binds the tensors that a session has as inputs.</summary>
    public void BindInputs(OrtIoBinding binding, InferenceSession session)
    {
        for (var i = 0; i < _tensors.Count; i++)
        {
            if (session.InputMetadata.ContainsKey(_tensors[i].Input)) binding.BindInput(_tensors[i].Input, _values[i]);
        }
    }

    /// <summary>Makes the first bound outputs of a step the tensors of the next.</summary>
    public void Take(OrtIoBinding binding)
    {
        var outputs = binding.GetOutputValues();
        Release();
        _values = [.. outputs.Take(_tensors.Count)];
        _owners = [outputs];
    }

    /// <summary>Copies to the host, under the names that states are saved by.</summary>
    public IReadOnlyList<Initializer> Read()
    {
        using var binding = _copy.CreateIoBinding();
        BindInputs(binding, _copy);
        var host = _tensors.Select(t => new NativeTensor(CopyOf(t), [.. t.Initial.Dims])).ToArray();
        try
        {
            foreach (var tensor in host) binding.BindOutput(tensor.Name, tensor.OrtValue);
            _copy.RunWithBinding(_run, binding);
            binding.SynchronizeBoundOutputs();
            return [.. _tensors.Zip(host, (t, h) => Initializer.Create<float>(t.StateName, h.Span, h.Dims))];
        }
        finally
        {
            foreach (var tensor in host) tensor.Dispose();
        }
    }

    /// <summary>Takes up a saved state.</summary>
    /// <exception cref="TrainingException">A tensor is missing or has another size.</exception>
    public void Write(IReadOnlyDictionary<string, Initializer> state)
    {
        var saved = _tensors.Select(t => CapturedState.Find(state, t.StateName, t.Initial.ElementCount)).ToArray();
        var (values, owners) = Upload(saved.Zip(_tensors, (s, t) => Initializer.Create<float>(t.Input, s.Span<float>(), t.Initial.Dims)));
        Release();
        (_values, _owners) = (values, owners);
    }

    public void Dispose()
    {
        Release();
        _copy.Dispose();
        _run.Dispose();
        if (!ReferenceEquals(Memory, OrtMemoryInfo.DefaultInstance)) Memory.Dispose();
    }

    /// <summary>Host copies; ONNX Runtime moves them to the device when they are first bound.</summary>
    private static (IReadOnlyList<OrtValue> Values, IReadOnlyList<IDisposable> Owners) Upload(IEnumerable<Initializer> initializers)
    {
        var tensors = initializers.Select(NativeTensor.CopyOf).ToArray();
        return ([.. tensors.Select(t => t.OrtValue)], tensors);
    }

    private static Model CopyGraph(IReadOnlyList<CarriedTensor> tensors)
    {
        var graph = new Graph("copy");
        foreach (var tensor in tensors)
        {
            graph.Inputs.Add(new Value(tensor.Input, tensor.Initial.Type));
            graph.Nodes.Add(new Node(Ops.Identity, [tensor.Input], [CopyOf(tensor)]));
            graph.Outputs.Add(new Value(CopyOf(tensor), tensor.Initial.Type));
        }
        return new Model(graph);
    }

    private static string CopyOf(CarriedTensor tensor) => $"copy/{tensor.Input}";

    private void Release()
    {
        foreach (var owner in _owners) owner.Dispose();
    }
}
