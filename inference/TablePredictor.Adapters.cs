using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Inference;

/// <summary>The model with adapters, small files of trained changes that a call may take or leave.</summary>
public sealed partial class TablePredictor
{
    private readonly TablePredictor? _plain;
    private readonly ConcurrentDictionary<string, Lazy<TablePredictor>> _adapted = new(StringComparer.Ordinal);

    /// <summary>The plain predictor's model with an adapter.</summary>
    private TablePredictor(TablePredictor plain, string adapter)
    {
        (_plain, Session, Adapter, Layout) = (plain, plain.Session, adapter, plain.Layout);
        (_signature, _inputs, _outputs) = (plain._signature, plain._inputs, plain._outputs);
        try
        {
            WarmUp();
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or ModelException)
        {
            throw new ModelException($"{Session.Source}: does not run with the adapter '{Adapter}'. {exception.Message}", exception);
        }
    }

    /// <summary>The adapter that it runs with; null for none.</summary>
    public string? Adapter { get; }

    /// <summary>
    /// The same model with an adapter that was loaded with it, or with none: <c>model.WithAdapter("north").Predict(row)</c>. It is used as long as this
    /// predictor is; calls with different adapters may go on at once.
    /// </summary>
    /// <param name="name">The name that it was loaded by; null for the model alone.</param>
    /// <exception cref="ArgumentException">No adapter of that name is loaded.</exception>
    /// <exception cref="ModelException">The model does not run with it.</exception>
    public TablePredictor WithAdapter(string? name)
    {
        if (_plain is not null) return _plain.WithAdapter(name);
        return Session.AdapterOf(name) is { } adapter ? _adapted.GetOrAdd(adapter.Name, known => new Lazy<TablePredictor>(() => new TablePredictor(this, known))).Value : this;
    }
}
