using System.Diagnostics.CodeAnalysis;

namespace OnnxPipeline.Inference;

/// <summary>
/// A model that follows its file: <c>using var model = Predictor.Watch("model.onnx"); var best = model.Run(m => m.Predict(bytes)).Top;</c>
/// A new file is opened and warmed up beside the old one, which answers meanwhile and is closed when its last call is done. One that
/// cannot be used changes nothing. Put a new file there by a rename, so that no half of it is ever seen. Thread-safe.
/// </summary>
public sealed class WatchedModel<T> : IDisposable where T : class, IDisposable
{
    private readonly string _path;
    private readonly Func<string, T> _open;
    private readonly WatchOptions _options;
    private readonly Lock _exchanging = new();
    private readonly Lock _checking = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private FileStamp? _tried;
    private Opened _current;

    internal WatchedModel(string path, Func<string, T> open, WatchOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Interval, TimeSpan.Zero, nameof(options));
        (_path, _open, _options) = (path, open, options);
        _tried = FileStamp.Of(path);
        _current = new Opened(open(path));
        _watching = options.Interval > TimeSpan.Zero ? Task.Run(WatchAsync) : Task.CompletedTask;
    }

    /// <summary>Calls the model; the result must not need it any more.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public TResult Run<TResult>(Func<T, TResult> call)
    {
        using var lease = Lease();
        return call(lease.Model);
    }

    /// <summary>As <see cref="Run"/>, for calls that are awaited.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public async Task<TResult> RunAsync<TResult>(Func<T, Task<TResult>> call)
    {
        using var lease = Lease();
        return await call(lease.Model).ConfigureAwait(false);
    }

    /// <summary>The model of this moment, for calls with spans or several calls of one model; dispose it soon. It allocates nothing.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public ModelLease<T> Lease()
    {
        lock (_exchanging)
        {
            _current.Gate.Enter();
            return new ModelLease<T>(_current.Model, _current.Gate);
        }
    }

    /// <summary>Looks at the file now.</summary>
    /// <returns>Whether another model answers from now on.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever stops a new model from loading is handed to the caller, and must not stop the old one.")]
    public bool Check()
    {
        lock (_checking)
        {
            // Read before the file is, so that what changes while it is read is seen the next time.
            if (_stop.IsCancellationRequested || FileStamp.Of(_path) is not { } now || now == _tried) return false;
            _tried = now;
            T model;
            try
            {
                model = _open(_path);
            }
            catch (Exception exception)
            {
                _options.Refused?.Invoke(exception);
                return false;
            }
            Exchange(new Opened(model));
            _options.Loaded?.Invoke();
            return true;
        }
    }

    /// <summary>Waits for the calls that are under way.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _watching.Wait();
        lock (_checking) _current.Close();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_options.Interval, _options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) Check();
        }
        catch (OperationCanceledException)
        {
            // It was disposed.
        }
    }

    private void Exchange(Opened next)
    {
        Opened before;
        lock (_exchanging) (before, _current) = (_current, next);
        // Its last calls may take their time.
        _ = Task.Run(before.Close);
    }

    private sealed class Opened
    {
        public Opened(T model) => (Model, Gate) = (model, new UsageGate(model));

        public T Model { get; }

        public UsageGate Gate { get; }

        public void Close()
        {
            if (Gate.Close()) Model.Dispose();
        }
    }
}
