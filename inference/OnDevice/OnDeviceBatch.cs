using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.OnDevice;

/// <summary>
/// Room for the samples of a batch, in memory that ONNX Runtime reads in place: fill it, hand it to the trainer, fill it again. Make one
/// for each size and keep it. It belongs to one trainer and must be disposed before it.
/// </summary>
public sealed class OnDeviceBatch : IDisposable
{
    private readonly BundleManifest _manifest;
    private readonly Dictionary<string, NativeBuffer> _inputs;
    private readonly Dictionary<(StepSession Session, int Turn), OrtIoBinding> _bindings = [];
    private NativeBuffer? _probabilities;

    internal OnDeviceBatch(OnDeviceTrainer owner, BundleManifest manifest, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        (Owner, _manifest, Count) = (owner, manifest, count);
        _inputs = manifest.Inputs.ToDictionary(i => i.Name, i => new NativeBuffer(i.Type, [count, .. i.Shape]));
        _inputs.Add(manifest.Labels, new NativeBuffer(BundleTypes.Int64, count));
    }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>The class index of each sample, [<see cref="Count"/>].</summary>
    public Span<long> Labels => _inputs[_manifest.Labels].Span<long>();

    internal OnDeviceTrainer Owner { get; }

    internal IEnumerable<KeyValuePair<string, NativeBuffer>> Inputs => _inputs;

    /// <summary>The values of an input, one sample after the other, [<see cref="Count"/>, …]: of a model of images its pixels, bytes in the layout that it takes.</summary>
    /// <typeparam name="T">float, byte, int or long, as the input is.</typeparam>
    /// <param name="name">The input; null for the only one.</param>
    /// <exception cref="ArgumentException">The bundle has no such input, or one of another type.</exception>
    public Span<T> Input<T>(string? name = null) where T : unmanaged
    {
        var known = string.Join(", ", _manifest.Inputs.Select(i => $"{i.Name} ({i.Type})"));
        if (name is null && _manifest.Inputs.Count > 1) throw new ArgumentException($"The bundle has several inputs, so name one: {known}.", nameof(name));
        if (_manifest.Inputs.FirstOrDefault(i => name is null || i.Name == name) is not { } input) throw new ArgumentException($"The bundle has no input '{name}'; it has {known}.", nameof(name));
        if (TypeOf<T>() != input.Type) throw new ArgumentException($"The input '{input.Name}' is of {input.Type}, not of {typeof(T).Name}.", nameof(name));
        return _inputs[input.Name].Span<T>();
    }

    public void Dispose()
    {
        foreach (var binding in _bindings.Values) binding.Dispose();
        foreach (var buffer in _inputs.Values) buffer.Dispose();
        _probabilities?.Dispose();
        _bindings.Clear();
    }

    /// <summary>What an evaluation writes, [<see cref="Count"/>, width].</summary>
    internal NativeBuffer ProbabilityBuffer(int width) => _probabilities ??= new NativeBuffer(BundleTypes.Float32, Count, width);

    internal OrtIoBinding? Binding(StepSession session, int turn) => _bindings.GetValueOrDefault((session, turn));

    internal void Keep(StepSession session, int turn, OrtIoBinding binding) => _bindings.Add((session, turn), binding);

    private static string? TypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => BundleTypes.Float32,
        byte => BundleTypes.UInt8,
        int => BundleTypes.Int32,
        long => BundleTypes.Int64,
        _ => null,
    };
}
