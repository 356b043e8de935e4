using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Inference;

/// <summary>The model with adapters, small files of trained changes that a call may take or leave.</summary>
public sealed partial class Predictor
{
    private readonly Predictor? _plain;
    private readonly ConcurrentDictionary<string, Lazy<Predictor>> _adapted = new(StringComparer.Ordinal);

    /// <summary>The plain predictor's model with an adapter.</summary>
    private Predictor(Predictor plain, ModelAdapter adapter)
    {
        (_plain, Session, Adapter, _options, _signature) = (plain, plain.Session, adapter.Name, plain._options, plain._signature);
        (_files, _buffers) = Runners(adapter);
        try
        {
            WarmUp();
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or ModelException)
        {
            _buffers?.Dispose();
            throw new ModelException($"{Session.Source}: does not run with the adapter '{Adapter}'. {exception.Message}", exception);
        }
    }

    /// <summary>The adapter that it runs with; null for none.</summary>
    public string? Adapter { get; }

    /// <summary>
    /// The same model with an adapter that was loaded with it, or with none: <c>model.WithAdapter("cats").Predict(bytes)</c>. It costs little, is used as
    /// long as this predictor is, and is disposed with it; calls with different adapters may go on at once.
    /// </summary>
    /// <param name="name">The name that it was loaded by; null for the model alone.</param>
    /// <exception cref="ArgumentException">No adapter of that name is loaded.</exception>
    /// <exception cref="ModelException">The model does not run with it.</exception>
    public Predictor WithAdapter(string? name)
    {
        if (_plain is not null) return _plain.WithAdapter(name);
        return Session.AdapterOf(name) is { } adapter ? _adapted.GetOrAdd(adapter.Name, _ => new Lazy<Predictor>(() => new Predictor(this, adapter))).Value : this;
    }
}
