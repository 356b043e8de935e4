using System.Collections.Concurrent;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>
/// A remote store as runs use it: asked for what is not here, given what was made, and never a reason to fail. From its first failure
/// on it is left alone, so that a run without a network goes on at once from the local store. Trials that run at once share one.
/// </summary>
internal sealed class RunRemote(RemoteObjects objects)
{
    private readonly RemoteStore _store = new(objects);
    private readonly RemoteRuns _runs = new(objects);
    private readonly ConcurrentDictionary<ArtifactKey, bool> _damaged = new();
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly Lock _telling = new();
    private volatile bool _readable = true;
    private volatile bool _writable = true;
    private volatile bool _isReadOnly;
    private volatile bool _isBehind;
    private bool _toldHow;

    /// <summary>The address for people.</summary>
    public string Name => objects.Name;

    /// <summary>What went wrong, for those whose observer shows no notes.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>What the remote has under a key; null also where it cannot say.</summary>
    public ArtifactManifest? Find(string stage, ArtifactKey key, IRunObserver observer, CancellationToken cancellation) =>
        _readable ? Ask(stage, observer, async () => await _store.FindAsync(key, cancellation), key) : null;

    /// <summary>Brings an artifact into the local store; null where the remote has none that is right. The caller holds its claim.</summary>
    /// <exception cref="StoreException">The local store cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">Asked for, or the claim was lost.</exception>
    public Artifact? Fetch(string stage, ArtifactKey key, ArtifactStore store, Claim held, IRunObserver observer, CancellationToken cancellation)
    {
        if (Find(stage, key, observer, cancellation) is not { } manifest) return null;
        observer.StageNoted(stage, $"fetching {ByteSize.Text(manifest.Bytes)} from {Name}");
        return Ask(stage, observer, async () => await _store.PullAsync(key, manifest, store, held, cancellation), key);
    }

    /// <summary>Gives an artifact that was made here.</summary>
    public void Offer(string stage, Artifact artifact, IRunObserver observer, CancellationToken cancellation) =>
        Offer(stage, observer, () => _store.PushAsync(artifact, anew: _damaged.ContainsKey(artifact.Key), cancellation), cancellation);

    /// <summary>Gives the record of a finished run, unless something that was made is not there.</summary>
    public void Offer(RunRecord run, IRunObserver observer, CancellationToken cancellation)
    {
        var last = run.Stages[^1].Name;
        if (!_isBehind) Offer(last, observer, () => _runs.PushAsync(run, cancellation), cancellation);
        if (_isBehind && !Interlocked.Exchange(ref _toldHow, true)) Tell(last, observer, $"not everything was pushed to {Name}; push it later with: pipeline push {(run.Aside is null ? run.Id : "--all")}");
    }

    private void Offer(string stage, IRunObserver observer, Func<Task> push, CancellationToken cancellation)
    {
        try
        {
            if (_writable) push().GetAwaiter().GetResult();
        }
        catch (RemoteException exception)
        {
            GoOnWithout(stage, observer, exception, writing: true);
        }
        catch (StoreException exception)
        {
            _isBehind = true;
            Tell(stage, observer, $"not pushed: {exception.Message}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _isBehind = true; // The run sees the request itself, unless it is over.
        }
        _isBehind |= !_writable && !_isReadOnly;
    }

    private T? Ask<T>(string stage, IRunObserver observer, Func<Task<T?>> question, ArtifactKey key) where T : class
    {
        try
        {
            return question().GetAwaiter().GetResult();
        }
        catch (RemoteException exception) when (exception.Fault == RemoteFault.Damaged)
        {
            _damaged[key] = true;
            Tell(stage, observer, $"what the remote has is damaged, so it is made anew: {exception.Message}");
            return null;
        }
        catch (RemoteException exception)
        {
            GoOnWithout(stage, observer, exception, writing: false);
            return null;
        }
    }

    /// <summary>Says it once, whoever of those that run at once is the first to notice. What only takes nothing can still be read from.</summary>
    private void GoOnWithout(string stage, IRunObserver observer, RemoteException exception, bool writing)
    {
        var stillRead = writing && exception.Fault is (RemoteFault.ReadOnly or RemoteFault.Failed);
        lock (_telling)
        {
            if (stillRead ? !_writable : !_readable) return;
            _writable = false;
            if (stillRead) _isReadOnly = exception.Fault == RemoteFault.ReadOnly;
            else _readable = false;
        }
        Tell(stage, observer, exception.Fault switch
        {
            RemoteFault.ReadOnly => $"the remote takes nothing, so it is only read from: {exception.Message}",
            _ when stillRead => $"nothing more is pushed: {exception.Message}",
            _ => $"the remote is left alone from here on: {exception.Message}",
        });
    }

    private void Tell(string stage, IRunObserver observer, string warning)
    {
        _warnings.Enqueue(warning);
        observer.StageNoted(stage, warning);
    }
}
