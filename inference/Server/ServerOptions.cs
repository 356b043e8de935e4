using System.Net;
using System.Security.Cryptography.X509Certificates;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server;

/// <summary>A model to serve.</summary>
/// <param name="Name">Its name in addresses: letters, digits, '-', '_' and '.', not '.' at its head.</param>
/// <param name="Path">The ONNX file.</param>
public sealed record ServedModelOptions(string Name, string Path)
{
    /// <summary>Adapters that requests choose by their names, as for models, each with its file; they are looked at for changes as the model is.</summary>
    public IReadOnlyDictionary<string, string> Adapters { get; init; } = new Dictionary<string, string>();

    /// <summary>A bundle (<c>pipeline export --on-device</c>), folder or archive, with which the page may train the model in the browser; null for none, or what lies beside the model where <see cref="ServerOptions.BrowserModel"/> is on. Whoever can ask the server can keep its files.</summary>
    public string? Bundle { get; init; }
}

/// <summary>What is served, and where.</summary>
public sealed record ServerOptions
{
    /// <summary>Models by their files; each is version 1. Empty where there is a <see cref="Repository"/>.</summary>
    public IReadOnlyList<ServedModelOptions> Models { get; init; } = [];

    /// <summary>
    /// A folder of models laid out as Triton has it, NAME/VERSION/model.onnx; all versions are served, each with the adapters in its folder
    /// "adapters", by the names of their files. Null for none.
    /// </summary>
    public string? Repository { get; init; }

    /// <summary>By default only this machine can reach the server.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>Where browsers find the page when a proxy gives requests another host: its scheme, host and port. Requests of pages from elsewhere are refused.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The certificate and its key, to serve HTTPS; null for HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What a client must send as X-Api-Key, as bearer token, or as a browser's password, except to ask for health and to load the page, which then asks for it; null to let everyone in.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether clients may load and unload models.</summary>
    public bool AllowModelControl { get; init; }

    /// <summary>Whether the page may have the file of a model that a browser can run, to run it there beside the server, and on-device.zip beside it, to train it there. Whoever can ask the server can keep the file then.</summary>
    public bool BrowserModel { get; init; }

    /// <summary>The most bytes a request's body may have, also once it is decompressed.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>The most bytes a tensor of a request may take in memory.</summary>
    public long MaxTensorBytes { get; init; } = 64 << 20;

    /// <summary>The largest image to accept.</summary>
    public ImageLimits Images { get; init; } = ImageLimits.Default;

    /// <summary>The longest a request's headers may take to come; then its connection ends.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request's body may come at fewer than <see cref="LeastBodyRate"/> bytes a second, above 1 s; then it is refused with 408.</summary>
    public TimeSpan SlowBodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests a second that an address may send in the long run, and twice as many at once; 0 for no limit.</summary>
    public int RateLimit { get; init; }

    public BatchingOptions Batching { get; init; } = new();

    /// <summary>How often the models' files are looked at; zero for never.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a server that is told to stop still takes requests while it says that it is not ready, so that whoever shares requests out can turn elsewhere.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The longest that requests which were accepted may take to finish once the server stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether every request is logged.</summary>
    public bool LogRequests { get; init; }

    /// <summary>Whether the log is JSON, a line an entry.</summary>
    public bool LogJson { get; init; }

    /// <summary>Where traces go; null for none.</summary>
    public TracingOptions? Tracing { get; init; }

    /// <summary>How models are run: device, threads, and what the metadata of a model from elsewhere lacks.</summary>
    public PredictorOptions Predictor { get; init; } = new();

    /// <summary>Bytes a second below which a body counts as slow.</summary>
    public const double LeastBodyRate = 240;

    /// <exception cref="ArgumentException">No model, a name that does not fit into an address, one name twice, or a number out of its range.</exception>
    internal void Validate()
    {
        if (Models.Count == 0 && Repository is null) throw new ArgumentException("The server has no model to serve; name at least one ONNX file, or a repository.");
        if (Models.Count > 0 && Repository is not null) throw new ArgumentException("The server is given both ONNX files and a repository; give one of them.");
        foreach (var model in Models)
        {
            if (!ModelName.IsValid(model.Name)) throw new ArgumentException($"'{model.Name}' cannot be a model's name; use {ModelName.Rule}.");
            if (model.Adapters.Keys.FirstOrDefault(name => !ModelName.IsValid(name)) is { } adapter) throw new ArgumentException($"'{adapter}' cannot be an adapter's name; use {ModelName.Rule}.");
        }
        if (Models.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two models are named '{twice.Key}' ({string.Join(", ", twice.Select(m => m.Path))}); give each a name of its own.");
        if (PublicUrl is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https" })) throw new ArgumentException($"{nameof(PublicUrl)} must be an http or https address, but is '{PublicUrl}'.");
        if (ApiKey is { Length: 0 }) throw new ArgumentException("The API key is empty; leave it out to let everyone in.");
        if (MaxBodyBytes < 1 || MaxTensorBytes < 1) throw new ArgumentException($"{nameof(MaxBodyBytes)} ({MaxBodyBytes}) and {nameof(MaxTensorBytes)} ({MaxTensorBytes}) must be above 0.");
        if (HeadersTimeout <= TimeSpan.Zero || SlowBodyGrace <= TimeSpan.FromSeconds(1)) throw new ArgumentException($"{nameof(HeadersTimeout)} ({HeadersTimeout}) must be above 0, and {nameof(SlowBodyGrace)} ({SlowBodyGrace}) above 1 s.");
        if (RateLimit < 0) throw new ArgumentException($"{nameof(RateLimit)} must be requests a second, or 0 for no limit, but is {RateLimit}.");
        if (PollInterval < TimeSpan.Zero || DrainDelay < TimeSpan.Zero || DrainTimeout < TimeSpan.Zero) throw new ArgumentException($"{nameof(PollInterval)}, {nameof(DrainDelay)} and {nameof(DrainTimeout)} must not be negative.");
        Batching.Validate();
    }
}
