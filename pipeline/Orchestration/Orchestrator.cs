using System.Diagnostics;
using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Plans and runs stages, one after the other, and makes only what the store does not have.</summary>
internal sealed class Orchestrator(string artifacts, IRunObserver observer, TimeProvider time, ClaimOptions? claims = null, RunRemote? remote = null)
{
    private readonly ArtifactStore _store = new(Path.Combine(artifacts, ArtifactStore.FolderName), time, claims);
    private readonly RunHistory _history = new(artifacts);
    private readonly LatestFolder _latest = new(artifacts, time, claims);

    /// <summary>What <see cref="Run"/> would do, and why, as far as it can be known before anything has run.</summary>
    /// <exception cref="UsageException">The request names a stage that is not there.</exception>
    public IReadOnlyList<PlannedStage> Plan(RunRequest request)
    {
        var reasons = new ReasonFinder(_store, _history, request.Recipe.Name);
        var plan = new List<PlannedStage>();
        foreach (var stage in StagesOf(request))
        {
            var inputs = stage.Inputs.Select(name => plan.First(p => p.Name == name)).ToArray();
            plan.Add(inputs.FirstOrDefault(p => p.Artifact is null) is { } first
                ? new PlannedStage(stage.Name, null, null, IsForced(request, stage) ?? new StageReason(ReasonKind.InputFirst, $"input '{first.Name}' is made first; runs if its content changes"))
                : Remotely(PlanStage(stage, IsForced(request, stage), inputs.ToDictionary(p => p.Name, p => p.Artifact!), reasons)));
        }
        return plan;
    }

    /// <summary>Runs what is not cached and records it. The record of a run that throws is kept too.</summary>
    /// <exception cref="UsageException">The request names a stage that is not there.</exception>
    /// <exception cref="StageFailedException">A stage threw.</exception>
    /// <exception cref="StoreException">The artifacts folder cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; unfinished work is kept for the next.</exception>
    public RunRecord Run(RunRequest request, CancellationToken cancellation)
    {
        var stages = StagesOf(request);
        _store.RemoveLeftovers();
        var run = _history.Begin(NewRecord(request));
        var reasons = new ReasonFinder(_store, _history, request.Recipe.Name);
        var made = new Dictionary<string, Artifact>();
        try
        {
            foreach (var stage in stages)
            {
                cancellation.ThrowIfCancellationRequested();
                var (artifact, record) = RunStage(stage, IsForced(request, stage), made, reasons, cancellation);
                made.Add(stage.Name, artifact);
                run = run with { Stages = [.. run.Stages, request.Made.TryGetValue(stage.Name, out var before) && before.Key == record.Key && record.Cached ? before : record] };
                _history.Save(run);
                if (!record.Cached) remote?.Offer(stage.Name, artifact, observer, cancellation);
            }
            var shown = stages.SelectMany(s => s.Shown.Select(file => (made[s.Name], file))).ToArray();
            run = run with { Status = RunStatus.Finished, Ended = time.GetUtcNow(), Metrics = RunMetrics.Read(shown) };
            if (_latest.Takes(run)) _latest.Replace(run, shown);
            _history.Save(run);
            remote?.Offer(run, observer, cancellation);
            return run;
        }
        catch (Exception exception)
        {
            var interrupted = exception is OperationCanceledException;
            SaveEnd(run with { Status = interrupted ? RunStatus.Interrupted : RunStatus.Failed, Ended = time.GetUtcNow(), Error = interrupted ? null : exception.Message });
            throw;
        }
    }

    /// <summary>Makes one stage of a run that several processes share, from what the store has of those before it. No run is recorded.</summary>
    /// <inheritdoc cref="Run" path="/exception"/>
    public StageRecord RunStage(RunRequest request, string name, CancellationToken cancellation)
    {
        _store.RemoveLeftovers();
        var reasons = new ReasonFinder(_store, _history, request.Recipe.Name);
        var made = new Dictionary<string, Artifact>();
        StageRecord? last = null;
        foreach (var stage in StageGraph.Order(request.Stages, name))
        {
            cancellation.ThrowIfCancellationRequested();
            (made[stage.Name], last) = RunStage(stage, stage.Name == name ? IsForced(request, stage) : null, made, reasons, cancellation);
            if (!last.Cached) remote?.Offer(stage.Name, made[stage.Name], observer, cancellation);
        }
        return last!;
    }

    /// <summary>Takes what a stage without inputs makes from the store, or has it made. No run is recorded, and "latest" stays as it is.</summary>
    /// <inheritdoc cref="Run" path="/exception"/>
    public Artifact Obtain(IStage stage, CancellationToken cancellation)
    {
        _store.RemoveLeftovers();
        return RunStage(stage, null, [], new ReasonFinder(_store, _history, recipe: null), cancellation).Item1;
    }

    private PlannedStage PlanStage(IStage stage, StageReason? forced, Dictionary<string, Artifact> inputs, ReasonFinder reasons)
    {
        var identity = IdentityOf(stage, inputs);
        var key = identity.ComputeKey();
        if (forced is not null) return new PlannedStage(stage.Name, key, null, forced);
        var lookup = _store.Find(key);
        return new PlannedStage(stage.Name, key, lookup.Artifact, lookup.Artifact is null ? reasons.Find(identity, key, lookup) : new StageReason(ReasonKind.Cached, "nothing changed"));
    }

    /// <summary>A stage that would be taken from the remote. Only the content hash of what it has there is looked at, by the stages that follow.</summary>
    private PlannedStage Remotely(PlannedStage plan) =>
        plan is { Artifact: null, Key: { } key, Reason.Kind: not ReasonKind.Forced } && remote?.Find(plan.Name, key, observer, CancellationToken.None) is { } manifest
            ? plan with { Artifact = new Artifact(key, "", manifest), Reason = FromRemote() }
            : plan;

    private StageReason FromRemote() => new(ReasonKind.Remote, $"from the remote {remote!.Name}");

    private (Artifact, StageRecord) RunStage(IStage stage, StageReason? forced, Dictionary<string, Artifact> made, ReasonFinder reasons, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var inputs = stage.Inputs.ToDictionary(name => name, name => made[name]);
        var plan = PlanStage(stage, forced, inputs, reasons);
        var key = plan.Key!.Value;
        if (plan.Artifact is { } cached) return Cached(cached, plan.Reason);

        while (true)
        {
            using var held = _store.Claim(key, owner => observer.StageWaiting(stage.Name, owner), cancellation);
            if (plan.Reason.Kind != ReasonKind.Forced && _store.Find(key).Artifact is { } meanwhile)
                return Cached(meanwhile, new StageReason(ReasonKind.Cached, "made by another process meanwhile"));
            try
            {
                if (plan.Reason.Kind != ReasonKind.Forced && remote?.Fetch(stage.Name, key, _store, held, observer, cancellation) is { } fetched) return Cached(fetched, FromRemote());
                observer.StageStarted(stage.Name, key, plan.Reason);
                var artifact = Make(stage, key, held, IdentityOf(stage, inputs), inputs, plan.Reason.Kind == ReasonKind.Forced, cancellation);
                observer.StageFinished(stage.Name, key, Stopwatch.GetElapsedTime(start));
                return (artifact, Record(artifact, plan.Reason, cached: false));
            }
            catch (OperationCanceledException exception) when (exception.CancellationToken == held.Lost)
            {
                observer.StageNoted(stage.Name, "another process took over, as this one showed no sign of life");
            }
        }

        (Artifact, StageRecord) Cached(Artifact artifact, StageReason reason)
        {
            _store.Touch(artifact);
            observer.StageCached(stage.Name, key, reason);
            return (artifact, Record(artifact, reason, cached: true));
        }

        StageRecord Record(Artifact artifact, StageReason reason, bool cached) => new()
        {
            Name = stage.Name,
            Key = key.ToString(),
            Hash = artifact.Hash,
            Cached = cached,
            Seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3),
            Reason = reason,
            Identity = artifact.Manifest.Identity,
            Shown = stage.Shown,
        };
    }

    /// <summary>Runs a stage. When its claim is lost it ends with the cancellation of <see cref="Claim.Lost"/>, whatever the stage came upon meanwhile.</summary>
    private Artifact Make(IStage stage, ArtifactKey key, Claim held, StageIdentity identity, Dictionary<string, Artifact> inputs, bool fresh, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, held.Lost);
        using var writer = _store.Begin(key, fresh, held);
        try
        {
            stage.Run(new StageContext(inputs, writer.Output, writer.Work, new StageProgress(stage.Name, observer), stop.Token));
            return _store.Publish(writer, identity, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception)
        {
            observer.StageStopped(stage.Name);
            if (exception is OperationCanceledException && cancellation.IsCancellationRequested) throw;
            if (held.IsLost()) throw new OperationCanceledException("Another process has taken over.", exception, held.Lost);
            throw new StageFailedException(stage.Name, StoreException.IsFull(exception) ? StoreException.Explain(exception, _store.Root)! : exception);
        }
    }

    private static StageIdentity IdentityOf(IStage stage, Dictionary<string, Artifact> inputs) => new()
    {
        Stage = stage.Name,
        CodeVersion = stage.CodeVersion,
        Options = Canonical(stage.Options),
        Inputs = inputs.ToDictionary(i => i.Key, i => i.Value.Hash),
        Engine = stage.Engine,
        DeviceKind = stage.DeviceKind,
    };

    private static IReadOnlyList<IStage> StagesOf(RunRequest request)
    {
        var stages = StageGraph.Order(request.Stages, request.Until);
        foreach (var name in request.Force) StageGraph.Find(stages, name, "--force");
        return stages;
    }

    private static StageReason? IsForced(RunRequest request, IStage stage) => request.Force.Contains(stage.Name) && !request.Made.ContainsKey(stage.Name) ? new StageReason(ReasonKind.Forced, "forced") : null;

    private RunRecord NewRecord(RunRequest request) => new()
    {
        Id = "",
        Recipe = request.Recipe.Name,
        RecipeHash = CanonicalJson.Hash(request.Recipe),
        Seed = request.Recipe.Seed,
        ToolVersion = ToolVersion.Current,
        Started = time.GetUtcNow(),
        Status = RunStatus.Unfinished,
        Until = request.Until,
        Aside = request.Aside,
        Options = Canonical(request.Recipe),
    };

    private void SaveEnd(RunRecord run)
    {
        try
        {
            _history.Save(run);
        }
        catch (StoreException)
        {
            // What ended the run, perhaps the same full disk, is what its user must hear of.
        }
    }

    private static JsonElement Canonical(object options)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Of(options));
        return document.RootElement.Clone();
    }

    private sealed class StageProgress(string stage, IRunObserver observer) : IStageProgress
    {
        public void Advance(in ProgressFacts facts) => observer.StageAdvanced(stage, facts);

        public void Note(string line) => observer.StageNoted(stage, line);
    }
}
