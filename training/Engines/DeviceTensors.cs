using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.Engines;

/// <summary>The tensors a device keeps from step to step. They come to the host only when they are asked for.</summary>
internal sealed class DeviceTensors : IDisposable
{
    private readonly IReadOnlyList<CarriedTensor> _tensors;
    private readonly CarriedTensor[] _saved;
    private readonly InferenceSession _copy;
    private readonly RunOptions _run = new();
    private readonly OrtMemoryInfo _memory;
    private readonly Dictionary<CarriedTensor, Held> _held = [];

    public DeviceTensors(IReadOnlyList<CarriedTensor> tensors, SessionSettings settings)
    {
        _tensors = tensors;
        _saved = [.. tensors.Where(t => t.StateName is not null)];
        _memory = settings.Device.IsCuda
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, settings.Device.Index, OrtMemType.Default)
            : OrtMemoryInfo.DefaultInstance;
        _copy = SessionFactory.Create(CopyGraph(_saved).ToBytes(), settings);
        foreach (var tensor in tensors) Upload(tensor, tensor.Initial);
    }

    /// <summary>Binds the tensors that a session has as inputs.</summary>
    public void BindInputs(OrtIoBinding binding, InferenceSession session)
    {
        foreach (var tensor in _tensors)
        {
            if (session.InputMetadata.ContainsKey(tensor.Input)) binding.BindInput(tensor.Input, _held[tensor].Value);
        }
    }

    /// <summary>Binds what is evaluated and exported, averages where there are any, as the weights and running statistics of a session.</summary>
    public void BindDeployed(OrtIoBinding binding, InferenceSession session)
    {
        foreach (var tensor in _tensors)
        {
            if (tensor.DeployedAs is { } name && session.InputMetadata.ContainsKey(name)) binding.BindInput(name, _held[tensor].Value);
        }
    }

    /// <summary>Binds the next tensors that a session has as outputs, to be computed where the device keeps them.</summary>
    public void BindOutputs(OrtIoBinding binding, InferenceSession session)
    {
        foreach (var tensor in OutputsOf(session)) binding.BindOutputToDevice(tensor.Output, _memory);
    }

    /// <summary>Makes the outputs of a step the tensors of the next. They were the first to be bound.</summary>
    public void Take(OrtIoBinding binding, InferenceSession session)
    {
        var outputs = binding.GetOutputValues();
        var taken = OutputsOf(session).ToArray();
        for (var i = 0; i < taken.Length; i++) Hold(taken[i], new Held(outputs[i], outputs[i]));
        foreach (var other in outputs.Skip(taken.Length)) other.Dispose();
    }

    /// <summary>Copies to the host, under the names that states are saved by.</summary>
    public IReadOnlyList<Initializer> Read() => [.. ReadSaved().Select(s => s.Value)];

    /// <summary>Copies what is evaluated and exported to the host, under the names of the weights and running statistics that it is.</summary>
    public IEnumerable<Initializer> ReadDeployed() =>
        ReadSaved().Where(s => s.Tensor.DeployedAs is not null).Select(s => s.Value.Clone(s.Tensor.DeployedAs!));

    /// <summary>Takes up a saved state.</summary>
    /// <exception cref="TrainingException">A tensor is missing or has another size.</exception>
    public void Write(IReadOnlyDictionary<string, Initializer> state)
    {
        var found = _saved.Select(t => CapturedState.Find(state, t.StateName!, t.Initial.ElementCount)).ToArray();
        foreach (var (tensor, values) in _saved.Zip(found)) Upload(tensor, Initializer.Create<float>(tensor.Input, values.Span<float>(), tensor.Initial.Dims));
    }

    public void Dispose()
    {
        foreach (var held in _held.Values) held.Owner.Dispose();
        _copy.Dispose();
        _run.Dispose();
        if (!ReferenceEquals(_memory, OrtMemoryInfo.DefaultInstance)) _memory.Dispose();
    }

    private IEnumerable<CarriedTensor> OutputsOf(InferenceSession session) => _tensors.Where(t => session.OutputMetadata.ContainsKey(t.Output));

    private IEnumerable<(CarriedTensor Tensor, Initializer Value)> ReadSaved()
    {
        using var binding = _copy.CreateIoBinding();
        BindInputs(binding, _copy);
        var host = _saved.Select(t => new NativeTensor(CopyOf(t), [.. t.Initial.Dims])).ToArray();
        try
        {
            foreach (var tensor in host) binding.BindOutput(tensor.Name, tensor.OrtValue);
            _copy.RunWithBinding(_run, binding);
            binding.SynchronizeBoundOutputs();
            return [.. _saved.Zip(host, (t, h) => (t, Initializer.Create<float>(t.StateName!, h.Span, h.Dims)))];
        }
        finally
        {
            foreach (var tensor in host) tensor.Dispose();
        }
    }

    /// <summary>A host copy; ONNX Runtime moves it to the device when it is first bound.</summary>
    private void Upload(CarriedTensor tensor, Initializer values)
    {
        var copy = NativeTensor.CopyOf(values);
        Hold(tensor, new Held(copy.OrtValue, copy));
    }

    private void Hold(CarriedTensor tensor, Held held)
    {
        if (_held.TryGetValue(tensor, out var before)) before.Owner.Dispose();
        _held[tensor] = held;
    }

    private static Model CopyGraph(IEnumerable<CarriedTensor> tensors)
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

    /// <summary>A value, and what has to be disposed with it.</summary>
    private readonly record struct Held(OrtValue Value, IDisposable Owner);
}
