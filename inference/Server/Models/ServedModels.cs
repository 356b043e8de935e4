using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>The models of a server. They are loaded and warmed up once the server starts, so that it answers "live" meanwhile.</summary>
public sealed class ServedModels : BackgroundService
{
    private readonly ServerOptions _options;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyDictionary<string, ServedModel> _loaded = new Dictionary<string, ServedModel>();

    public ServedModels(ServerOptions options)
    {
        _options = options;
        // Whoever awaits Ready sees a failure; one that nobody awaits shows in the health endpoints.
        _ = _ready.Task.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>Completes when every model is loaded and warm; fails with the first reason why one is not.</summary>
    public Task Ready => _ready.Task;

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    internal IReadOnlyList<string> Names => [.. _options.Models.Select(m => m.Name)];

    internal bool IsLoaded(string name) => Get(name) is not null;

    /// <summary>A loaded model.</summary>
    /// <exception cref="RequestException">No model has this name (404), or it is not loaded yet (503).</exception>
    internal ServedModel Find(string name) => Get(name) ?? throw new RequestException(503, $"Model '{name}' is not ready yet.");

    /// <summary>The model that a request means when it need not name one.</summary>
    /// <exception cref="RequestException">There are several and none is named (400), or as for <see cref="Find"/>.</exception>
    internal ServedModel Choose(string? name)
    {
        if (name is null && _options.Models.Count > 1) throw RequestException.BadRequest($"Several models are served; say which with ?model=NAME. They are {string.Join(", ", Names)}.");
        return Find(name ?? _options.Models[0].Name);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Load(stoppingToken), CancellationToken.None);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever stops a model from loading is handed to those who await Ready.")]
    private void Load(CancellationToken stopping)
    {
        try
        {
            foreach (var model in _options.Models)
            {
                stopping.ThrowIfCancellationRequested();
                _loaded = new Dictionary<string, ServedModel>(_loaded) { [model.Name] = ServedModel.Load(model, _options) };
            }
            _ready.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            _ready.TrySetCanceled(stopping);
        }
        catch (Exception exception)
        {
            _ready.TrySetException(exception);
        }
    }

    private ServedModel? Get(string name)
    {
        if (_loaded.TryGetValue(name, out var model)) return model;
        if (_options.Models.All(m => m.Name != name)) throw new RequestException(404, $"There is no model '{name}'; the models are {string.Join(", ", Names)}.");
        return null;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var model in _loaded.Values) model.Dispose();
    }
}
