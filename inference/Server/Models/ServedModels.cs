using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>
/// The models of a server. They are loaded and warmed up once the server starts, so that it answers "live" meanwhile; then their
/// files are looked at from time to time, and what is new or has changed is loaded.
/// </summary>
public sealed class ServedModels : BackgroundService
{
    private readonly ServerOptions _options;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly RunTurns _turns;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _changing = new();
    private volatile IReadOnlyList<ServedVersion> _versions = [];

    /// <exception cref="IOException">The repository cannot be read.</exception>
    public ServedModels(ServerOptions options, ILoggerFactory logs, TimeProvider time)
    {
        (_options, _log, _time) = (options, logs.CreateLogger(ServerApp.Name), time);
        _turns = RunTurns.Of(options.Batching);
        FreedMemory.KeepLargeBlocksApart();
        _versions = [.. Scan().Select(source => new ServedVersion(source, time))];
        // Whoever awaits Ready sees a failure; one that nobody awaits shows in the health endpoints.
        _ = _ready.Task.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>Completes when every model is loaded and warm; fails with the first reason why one is not.</summary>
    public Task Ready => _ready.Task;

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Names of the models, in order.</summary>
    public IReadOnlyList<string> Names => [.. _versions.Select(v => v.Source.Name).Distinct()];

    /// <summary>Every version of every model, by name, then version.</summary>
    internal IReadOnlyList<ServedVersion> All => _versions;

    /// <summary>The versions of a model, oldest first, or the one asked for.</summary>
    /// <exception cref="RequestException">404: there is no such model or version.</exception>
    internal IReadOnlyList<ServedVersion> Versions(string name, long? version = null)
    {
        ServedVersion[] named = [.. _versions.Where(v => v.Source.Name == name)];
        if (named.Length == 0) throw new RequestException(404, $"There is no model '{name}'; the models are {string.Join(", ", Names)}.");
        if (version is null) return named;
        return named.FirstOrDefault(v => v.Source.Version == version) is { } found ? [found]
            : throw new RequestException(404, $"Model '{name}' has no version {version}; its versions are {string.Join(", ", named.Select(v => v.Source.Version))}.");
    }

    /// <summary>A loaded model: of the version asked for, or the newest that is loaded.</summary>
    /// <exception cref="RequestException">404: no model or version is called so; 503: it is not loaded.</exception>
    internal ModelLease Lease(string name, long? version = null)
    {
        var all = _versions;
        for (var i = all.Count - 1; i >= 0; i--)
        {
            if (all[i].Source.Name == name && (version is null || all[i].Source.Version == version) && all[i].TryLease() is { } lease) return lease;
        }
        throw new RequestException(503, $"Model '{name}' is not ready. {Versions(name, version)[^1].Reason}".TrimEnd());
    }

    /// <summary>The model that a request means when it need not name one.</summary>
    /// <exception cref="RequestException">400: there are several and none is named; or as for <see cref="Lease"/>.</exception>
    internal ModelLease Choose(string? name, long? version = null)
    {
        var names = Names;
        if (name is null && names.Count != 1) throw RequestException.BadRequest($"{names.Count} models are served; say which with ?model=NAME. They are {string.Join(", ", names)}.");
        return Lease(name ?? names[0], version);
    }

    /// <summary>Loads all versions of a model that its files hold now, again where they are loaded.</summary>
    /// <exception cref="RequestException">404: there is no such model; 400: a version cannot be loaded.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever stops a model from loading is the answer.")]
    internal void Load(string name)
    {
        lock (_changing)
        {
            FollowFiles();
            foreach (var version in Versions(name))
            {
                try
                {
                    version.Load(_options, _turns);
                }
                catch (Exception exception)
                {
                    throw RequestException.BadRequest($"Version {version.Source.Version} of model '{name}' cannot be loaded. {exception.Message}");
                }
            }
        }
    }

    /// <summary>Unloads all versions of a model; requests under way finish.</summary>
    /// <exception cref="RequestException">404: there is no such model.</exception>
    internal void Unload(string name)
    {
        lock (_changing)
        {
            foreach (var version in Versions(name)) version.Unload("unloaded");
        }
    }

    /// <summary>Loads what is new or has changed, and unloads what is gone. What cannot be loaded is logged; what was loaded before stays.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A broken file must not stop the server from looking at the others.")]
    internal void Poll()
    {
        lock (_changing)
        {
            try
            {
                FollowFiles();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _log.LogError(exception, "The model repository cannot be read; what is loaded stays.");
            }
            foreach (var version in _versions.Where(v => v is { Unwanted: false, Changed: true }))
            {
                try
                {
                    version.Load(_options, _turns);
                    if (_log.IsEnabled(LogLevel.Information)) _log.LogInformation("Loaded version {Version} of model {Model}", version.Source.Version, version.Source.Name);
                }
                catch (Exception exception)
                {
                    _log.LogError(exception, "Version {Version} of model {Model} cannot be loaded; it is now {State}", version.Source.Version, version.Source.Name, version.State);
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Run(() => LoadAll(stoppingToken), CancellationToken.None);
        if (!IsReady || _options.PollInterval == TimeSpan.Zero) return;
        using var timer = new PeriodicTimer(_options.PollInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Poll();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var version in _versions) version.Unload("the server has stopped");
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever stops a model from loading is handed to those who await Ready.")]
    private void LoadAll(CancellationToken stopping)
    {
        try
        {
            lock (_changing)
            {
                foreach (var version in _versions)
                {
                    stopping.ThrowIfCancellationRequested();
                    version.Load(_options, _turns);
                }
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

    /// <summary>Makes the list of versions that of the repository; new ones are not loaded yet.</summary>
    private void FollowFiles()
    {
        if (_options.Repository is null) return;
        var sources = Scan();
        foreach (var gone in _versions.Where(v => !sources.Contains(v.Source))) gone.Unload("its file is gone");
        _versions = [.. sources.Select(source => _versions.FirstOrDefault(v => v.Source == source) ?? new ServedVersion(source, _time))];
    }

    private IReadOnlyList<ModelSource> Scan() =>
    [
        .. _options.Models.Select(model => new ModelSource(model.Name, 1, model.Path, Bundle: model.Bundle) { Adapters = new AdapterSource(model.Adapters) })
            .Concat(_options.Repository is { } folder ? ModelRepository.Scan(folder) : [])
            .OrderBy(source => source.Name, StringComparer.Ordinal).ThenBy(source => source.Version),
    ];
}
