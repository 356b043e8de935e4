using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Inference.Server.Models.Configuration;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A loaded model under its name. Any ONNX model answers tensors; an image classifier answers images, and a model of a table rows.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly UsageGate _gate;
    private readonly string? _whyNeither;

    private ServedModel(ModelSource source, ModelSession session, Predictor? images, TablePredictor? rows, string? whyNeither, BatchingOptions batching, int? maxBatch, WorkQueue queue, ModelStatistics statistics)
    {
        _gate = new UsageGate(this);
        _whyNeither = whyNeither;
        (Source, Session, Images, Rows, Batching, MaxBatch, Queue, Statistics) = (source, session, images, rows, batching, maxBatch, queue, statistics);
    }

    public ModelSource Source { get; }

    public string Name => Source.Name;

    public long Version => Source.Version;

    public ModelSession Session { get; }

    /// <summary>The model as an image classifier; null where it is none.</summary>
    public Predictor? Images { get; }

    /// <summary>The model of a table; null where it is none.</summary>
    public TablePredictor? Rows { get; }

    /// <summary>How its requests share runs: the server's options, or what its configuration says instead.</summary>
    public BatchingOptions Batching { get; }

    /// <summary>The most samples that share a run; null where requests run alone.</summary>
    public int? MaxBatch { get; }

    public WorkQueue Queue { get; }

    public ModelStatistics Statistics { get; }

    /// <summary>Why it answers neither images nor rows.</summary>
    public RequestException Unanswerable => RequestException.BadRequest($"Model '{Name}' cannot answer /predict. {_whyNeither} Its tensors are answered at /v2/models/{Name}/infer.");

    /// <summary>
    /// Loads a model and runs it once or more, so that it is warm. One that is quick gains nothing from several cores in a run:
    /// it is opened for one, and as many runs go on at once as there are cores.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no model that ONNX Runtime can load, its configuration is malformed, or an adapter is for another model.</exception>
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static ServedModel Load(ModelSource source, ServerOptions options, RunTurns turns, ModelStatistics statistics)
    {
        var predictorOptions = options.Predictor with { Limits = options.Images };
        var config = source.Config is { } path ? TritonConfig.Read(path) : new TritonConfig();
        var batching = config.Apply(options.Batching);
        var session = Open(source, predictorOptions, predictorOptions.Threads);
        try
        {
            var quick = predictorOptions is { Threads: 0, Device.IsCuda: false } && ModelTrial.IsQuick(session);
            if (quick)
            {
                session.Dispose();
                session = Open(source, predictorOptions, threads: 1);
            }
            var maxBatch = ModelTrial.WhyNotBatched(session) is null && config.MaxBatch != 0 ? batching.MaxBatch : (int?)null;
            var queue = quick
                ? new WorkQueue(source.Name, batching, turns.OneCore, statistics, Environment.ProcessorCount)
                : new WorkQueue(source.Name, batching, turns.AllCores, statistics);
            var (images, rows, whyNeither) = Use(session, predictorOptions);
            foreach (var name in session.Adapters) _ = images is null ? rows?.WithAdapter(name).Session : images.WithAdapter(name).Session;
            return new ServedModel(source, session, images, rows, whyNeither, batching, maxBatch, queue, statistics);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The name of an adapter that a request asks for; null where it asks for none.</summary>
    /// <exception cref="RequestException">400: there is no such adapter.</exception>
    public string? AdapterOf(string? name) => name is null || Session.Adapters.Contains(name) ? name : throw RequestException.BadRequest($"Model '{Name}' has no adapter '{name}'; {(Session.Adapters.Count > 0 ? $"its adapters are {string.Join(", ", Session.Adapters)}" : "it has none")}.");

    /// <summary>Names of an output's values, where they are classes; else null.</summary>
    public IReadOnlyList<string>? LabelsOf(string output) => Session.Metadata is { Labels.Count: > 0 } metadata && metadata.Probabilities == output ? metadata.Labels : null;

    public void Enter() => _gate.Enter();

    public void Leave() => _gate.Exit();

    /// <summary>Waits for those who use it.</summary>
    public void Dispose()
    {
        if (!_gate.Close()) return;
        Images?.Dispose();
        Rows?.Dispose();
        Session.Dispose();
    }

    /// <summary>Its threads do not wait for the next run: requests are read and answered on the same cores, and other models run on them.</summary>
    private static ModelSession Open(ModelSource source, PredictorOptions options, int threads) =>
        (options with { Threads = threads, Spin = Spinning.WhileRunning, Adapters = source.Adapters.Find() }).Open(settings => ModelSession.Open(source.Path, settings));

    private static (Predictor? Images, TablePredictor? Rows, string? WhyNeither) Use(ModelSession session, PredictorOptions options)
    {
        try
        {
            return session.Metadata is { Columns.Count: > 0 } ? (null, new TablePredictor(session), null) : (new Predictor(session, options), null, null);
        }
        catch (ModelException exception)
        {
            return (null, null, exception.Message);
        }
    }
}
