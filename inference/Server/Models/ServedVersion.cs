using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Metrics;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A version that can be served: loaded or not, and exchanged for what its file became without a dropped call.</summary>
internal sealed class ServedVersion(ModelSource source, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ServedModel? _model;
    private (FileStamp? Model, FileStamp? Config, string Adapters) _stamps;

    public ModelSource Source => source;

    public ModelStatistics Statistics { get; } = new(time);

    public ModelState State { get; private set; } = ModelState.Unavailable;

    /// <summary>Why it is in its state; empty where there is nothing to say.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Whether a client has unloaded it, so that it stays so until one loads it.</summary>
    public bool Unwanted { get; private set; }

    /// <summary>Whether its file is there and not what was last tried, or its configuration or adapters are not.</summary>
    public bool Changed => Stamps() is { Model: not null } now && now != _stamps;

    /// <summary>Names of the adapters that are loaded with it.</summary>
    public IReadOnlyList<string> Adapters
    {
        get
        {
            lock (_lock) return _model?.Session.Adapters ?? [];
        }
    }

    public int Waiting
    {
        get
        {
            lock (_lock) return _model?.Queue.Length ?? 0;
        }
    }

    /// <summary>Null where it is not loaded.</summary>
    public ModelLease? TryLease()
    {
        lock (_lock)
        {
            _model?.Enter();
            return _model is null ? null : new ModelLease(_model);
        }
    }

    /// <summary>Loads the file and puts it in the place of what was loaded before, which stays if this fails.</summary>
    /// <inheritdoc cref="ServedModel.Load" path="/exception"/>
    public void Load(ServerOptions options, RunTurns turns)
    {
        Unwanted = false;
        _stamps = Stamps();
        if (_model is null) (State, Reason) = (ModelState.Loading, "");
        try
        {
            var model = ServedModel.Load(source, options, turns, Statistics);
            Exchange(model);
            (State, Reason) = (ModelState.Ready, model.Session.FallbackReason ?? "");
        }
        catch (Exception exception)
        {
            (State, Reason) = _model is null
                ? (ModelState.Unavailable, exception.Message)
                : (ModelState.Ready, $"serves what was loaded before, because its file cannot be: {exception.Message}");
            throw;
        }
    }

    /// <summary>Serves no new request; those under way finish.</summary>
    public void Unload(string reason)
    {
        Unwanted = true;
        (State, Reason) = (ModelState.Unavailable, reason);
        Exchange(null);
    }

    private (FileStamp? Model, FileStamp? Config, string Adapters) Stamps() => (FileStamp.Of(source.Path), source.Config is { } config ? FileStamp.Of(config) : null, source.Adapters.Stamp());

    private void Exchange(ServedModel? model)
    {
        ServedModel? before;
        lock (_lock) (before, _model) = (_model, model);
        if (before is null) return;
        // Its last requests may take their time.
        _ = Task.Run(() =>
        {
            before.Dispose();
            FreedMemory.GiveBack();
        });
    }
}
