using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>
/// Any ONNX model, loaded, with what it says of itself. Thread-safe: it may be run from many threads at once, and
/// <see cref="Dispose"/> waits for the calls that are under way. <see cref="Predictor"/> is the easier way for images.
/// </summary>
public sealed class ModelSession : IDisposable
{
    private const string ExtensionsDomain = "com.microsoft.extensions";

    private readonly UsageGate _gate;

    // A failed run is the caller's exception; ONNX Runtime need not print it as well.
    private readonly RunOptions _run = QuietRun();
    private readonly ConcurrentDictionary<string, ModelAdapter> _adapters = new(StringComparer.Ordinal);

    private ModelSession(InferenceSession session, string source, SessionSettings settings)
    {
        _gate = new UsageGate(this);
        Native = session;
        Source = source;
        Device = settings.Device;
        Threads = settings.Threads;
        Inputs = [.. session.InputMetadata.Select(input => TensorSpec.Of(input.Key, input.Value))];
        Outputs = [.. session.OutputMetadata.Select(output => TensorSpec.Of(output.Key, output.Value))];
    }

    /// <summary>The model's path, or whatever names it in messages.</summary>
    public string Source { get; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Why it runs on the CPU though another device was asked for, see <see cref="ExecutionOptions.CpuFallback"/>; null where it runs where it should.</summary>
    public string? FallbackReason { get; internal set; }

    public IReadOnlyList<TensorSpec> Inputs { get; }

    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>What the pipeline's export wrote into the model; null for a model from elsewhere.</summary>
    public DeployMetadata? Metadata { get; private init; }

    /// <summary>Names of the adapters that are loaded, in order.</summary>
    public IReadOnlyList<string> Adapters => [.. _adapters.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The text that the file carries about itself; null where there is none.</summary>
    internal string? Description => Native.ModelMetadata.Description is { Length: > 0 } text ? text : null;

    /// <summary>Whether the model decodes images itself. What it is given is checked first: the decoder would end the process on some files.</summary>
    internal bool TakesFiles => Metadata?.Input?.Layout == ImageLayout.Encoded;

    /// <summary>Threads inside one operator; 0 for all cores.</summary>
    internal int Threads { get; }

    internal InferenceSession Native { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no model that ONNX Runtime can load, or its metadata is damaged.</exception>
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static ModelSession Open(string path, SessionSettings? settings = null)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no model file '{path}'.", path);
        return Open(path, settings ?? new SessionSettings(), s => SessionFactory.Create(path, s));
    }

    /// <summary>Loads a model from its bytes. <paramref name="source"/> names it in messages.</summary>
    /// <inheritdoc cref="Open(string, SessionSettings)" path="/exception"/>
    public static ModelSession Open(byte[] model, SessionSettings? settings = null, string source = "model") =>
        Open(source, settings ?? new SessionSettings(), s => SessionFactory.Create(model, s));

    /// <summary>Loads an adapter, a small file of trained changes that each run may take or leave; it stays loaded as long as the model.</summary>
    /// <param name="name">What runs name it by.</param>
    /// <param name="path">The .onnx_adapter file.</param>
    /// <exception cref="ArgumentException">There is an adapter of that name.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no adapter, or one for another model.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void LoadAdapter(string name, string path)
    {
        _gate.Enter();
        try
        {
            var adapter = ModelAdapter.Open(this, name, path);
            if (_adapters.TryAdd(name, adapter)) return;
            adapter.Dispose();
            throw new ArgumentException($"{Source}: has an adapter '{name}' already; give each a name of its own.", nameof(name));
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Runs the model once; the caller disposes what it gives back.</summary>
    /// <param name="inputNames">Names of the inputs, in the order of <paramref name="inputs"/>.</param>
    /// <param name="inputs">The tensors.</param>
    /// <param name="outputNames">Which outputs to compute.</param>
    /// <param name="cancellation">Ends the run before its next node.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime refuses the inputs or fails.</exception>
    /// <exception cref="ImageException">The model decodes images, and an input is none that it may be given.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs, IReadOnlyCollection<string> outputNames, CancellationToken cancellation = default) =>
        Run(inputNames, inputs, outputNames, null, cancellation);

    /// <summary>Runs the model once with an adapter; the caller disposes what it gives back.</summary>
    /// <param name="inputNames">Names of the inputs, in the order of <paramref name="inputs"/>.</param>
    /// <param name="inputs">The tensors.</param>
    /// <param name="outputNames">Which outputs to compute.</param>
    /// <param name="adapter">The name of an adapter that is loaded; null for none.</param>
    /// <param name="cancellation">Ends the run before its next node.</param>
    /// <exception cref="ArgumentException">No adapter of that name is loaded.</exception>
    /// <inheritdoc cref="Run(IReadOnlyCollection{string}, IReadOnlyCollection{OrtValue}, IReadOnlyCollection{string}, CancellationToken)" path="/exception"/>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs, IReadOnlyCollection<string> outputNames, string? adapter, CancellationToken cancellation = default) =>
        Run(inputNames, inputs, outputNames, ImageLimits.Default, AdapterOf(adapter), cancellation);

    internal IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs, IReadOnlyCollection<string> outputNames, ImageLimits limits, ModelAdapter? adapter, CancellationToken cancellation)
    {
        foreach (var (name, input) in inputNames.Zip(inputs))
        {
            if (TakesFiles) ImageDecoder.CheckDecodable(input.GetTensorDataAsSpan<byte>(), limits);
            // ONNX Runtime's recurrent operators end the process on an empty batch.
            else if (input.GetTensorTypeAndShape().Shape is [0, ..]) throw new ModelException($"{Source}: the input '{name}' holds no sample; give at least one.");
        }
        return Run((Native, inputNames, inputs, outputNames), static (run, options) => run.Native.Run(options, run.inputNames, run.inputs, run.outputNames), adapter, cancellation);
    }

    /// <summary>Runs on tensors that were bound before, without an allocation where it cannot be cancelled.</summary>
    internal void RunBound(OrtIoBinding binding, CancellationToken cancellation) => Run((Native, binding), static (run, options) =>
    {
        run.Native.RunWithBinding(options, run.binding);
        return true;
    }, null, cancellation);

    /// <summary>Runs with an adapter, which bound runs leave aside, into tensors of the caller's.</summary>
    internal void RunInto(string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs, ModelAdapter adapter, CancellationToken cancellation) => Run((Native, inputNames, inputs, outputNames, outputs), static (run, options) =>
    {
        run.Native.Run(options, run.inputNames, run.inputs, run.outputNames, run.outputs);
        return true;
    }, adapter, cancellation);

    /// <summary>The adapter of a name; null for null.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal ModelAdapter? AdapterOf(string? name) => name is null ? null
        : _adapters.TryGetValue(name, out var adapter) ? adapter
        : throw new ArgumentException(WhyNoAdapter(name), nameof(name));

    internal string WhyNoAdapter(string name) => _adapters.IsEmpty ? $"{Source}: has no adapters, and so none named '{name}'." : $"{Source}: has no adapter '{name}'; its adapters are {string.Join(", ", Adapters)}.";

    public void Dispose()
    {
        if (!_gate.Close()) return;
        Native.Dispose();
        _run.Dispose();
        foreach (var adapter in _adapters.Values) adapter.Dispose();
    }

    /// <summary>Keeps the session alive meanwhile. Options of their own are what lets one run end and no other.</summary>
    private TResult Run<TState, TResult>(TState state, Func<TState, RunOptions, TResult> run, ModelAdapter? adapter, CancellationToken cancellation)
    {
        _gate.Enter();
        try
        {
            if (!cancellation.CanBeCanceled) return run(state, adapter?.Options ?? _run);
            cancellation.ThrowIfCancellationRequested();
            using var options = adapter?.NewOptions() ?? QuietRun();
            // Disposed before the options, it waits for a callback that is under way.
            using var registration = cancellation.Register(static options => ((RunOptions)options!).Terminate = true, options);
            return run(state, options);
        }
        catch (OnnxRuntimeException exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException($"{Source}: the run was cancelled.", exception, cancellation);
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal static RunOptions QuietRun() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    private static ModelSession Open(string source, SessionSettings settings, Func<SessionSettings, InferenceSession> create)
    {
        InferenceSession session;
        try
        {
            session = create(settings);
        }
        catch (OnnxRuntimeException exception) when (!settings.Extensions && exception.Message.Contains(ExtensionsDomain, StringComparison.Ordinal))
        {
            return OpenDecoding(source, settings with { Extensions = true }, create);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ModelException($"{source}: ONNX Runtime {Providers.Version} cannot load this model. {exception.Message}", exception);
        }
        try
        {
            return new ModelSession(session, source, settings)
            {
                Metadata = DeployMetadata.FromEntries(session.ModelMetadata.CustomMetadataMap),
            };
        }
        catch (FormatException exception)
        {
            session.Dispose();
            throw new ModelException($"{source}: {exception.Message} Export the model again.", exception);
        }
    }

    /// <summary>Models with operators of ONNX Runtime Extensions: only those whose input is known to be an image file, which can be checked.</summary>
    private static ModelSession OpenDecoding(string source, SessionSettings settings, Func<SessionSettings, InferenceSession> create)
    {
        var session = Open(source, settings, create);
        if (session.TakesFiles && session.Inputs.Count == 1) return session;
        session.Dispose();
        throw new ModelException($"{source}: uses operators of {ExtensionsDomain}, and its metadata name no encoded image as its only input. Such models are opened where this pipeline exported them, with export.input: encoded.");
    }
}
