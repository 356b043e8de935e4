using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnnxPipeline.Inference.Server;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The options of "serve" beyond what is served, where and on which device: batching, limits and who may ask.</summary>
internal sealed class ServeArguments
{
    private const int Million = 1_000_000;
    private const string KeyVariable = "ONNX_PIPELINE_API_KEY";
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly ServerOptions Unset = new();

    private readonly Option<int> _maxBatch = Number("--max-batch", "The most samples that share a run of a model; 1 for no batching.", "N", Unset.Batching.MaxBatch, 1);
    private readonly Option<double> _maxDelay = new("--max-delay") { Description = "How long a request waits for others to share its run, in milliseconds.", HelpName = "MS", DefaultValueFactory = _ => Unset.Batching.MaxDelay.TotalMilliseconds };
    private readonly Option<int> _maxQueue = Number("--max-queue", "The most requests that wait for a model; one more is refused with 503.", "N", Unset.Batching.MaxQueue, 1);
    private readonly Option<int> _maxWait = Number("--max-wait", "The longest a request waits for its run, in seconds.", "S", (int)Unset.Batching.MaxWait.TotalSeconds, 1);
    private readonly Option<int> _poll = Number("--poll", "How often the models' files are looked at for changes, in seconds; 0 for never.", "S", (int)Unset.PollInterval.TotalSeconds, 0);
    private readonly Option<int> _rateLimit = Number("--rate-limit", "Requests a second that an address may send; 0 for no limit.", "N", Unset.RateLimit, 0);
    private readonly Option<int> _maxBody = Number("--max-body", "The most bytes of a request's body, in MiB, also once decompressed.", "MIB", Unset.MaxBodyBytes >> 20, 1);
    private readonly Option<int> _maxPixels = Number("--max-pixels", "The most pixels of an image, width times height, in millions.", "MP", (int)(Unset.Images.MaxPixels / Million), 1);
    private readonly Option<int> _drainTimeout = Number("--drain-timeout", "The longest that requests which were taken may take to finish once the server stops, in seconds.", "S", (int)Unset.DrainTimeout.TotalSeconds, 0);
    private readonly Option<string?> _publicUrl = new("--public-url") { Description = "Where browsers find the page behind a proxy that gives requests another host, for example https://models.example.org.", HelpName = "URL" };
    private readonly Option<int> _drainDelay = Number("--drain-delay", "How long a server told to stop still takes requests while it says that it is not ready, in seconds.", "S", 0, 0);
    private readonly Option<bool> _control = new("--model-control") { Description = "Lets clients load and unload models." };
    private readonly Option<bool> _browserModel = new("--browser-model") { Description = "Gives the page a model's file, to run it in the browser beside the server, and on-device.zip beside it, to train it there; whoever can open the page can keep the file." };
    private readonly Option<string?> _otlp = new("--otlp") { Description = $"A collector of OpenTelemetry's traces, asked by OTLP over HTTP; or set {EndpointVariable} and its kin.", HelpName = "URL" };
    private readonly Option<string?> _keyFile = new("--api-key-file") { Description = $"A file whose first line clients must send as X-Api-Key, bearer token or password; or set {KeyVariable}.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--tls-certificate") { Description = "A certificate in PEM, to serve HTTPS.", HelpName = "FILE" };
    private readonly Option<string?> _certificateKey = new("--tls-key") { Description = "Its key in PEM, where another file has it.", HelpName = "FILE" };
    private readonly Option<string?> _log = new("--log") { Description = "Logs every request to standard error, as text or json.", HelpName = "FORM" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_maxBatch, _maxDelay, _maxQueue, _maxWait, _poll, _rateLimit, _maxBody, _maxPixels, _drainDelay, _drainTimeout, _publicUrl, _control, _browserModel, _otlp, _keyFile, _certificate, _certificateKey, _log]) command.Add(option);
        _maxDelay.Validators.Add(result =>
        {
            if (result.GetRequiredValue(_maxDelay) is not (>= 0 and <= 1000)) result.AddError($"--max-delay is {result.GetRequiredValue(_maxDelay)}; expected milliseconds from 0 to 1000.");
        });
        _maxBody.Validators.Add(result =>
        {
            if (result.GetRequiredValue(_maxBody) > 1024) result.AddError($"--max-body is {result.GetRequiredValue(_maxBody)}; expected at most 1024 MiB.");
        });
        _publicUrl.Validators.Add(result =>
        {
            if (result.GetValue(_publicUrl) is { } url && !IsHttp(url)) result.AddError($"--public-url is '{url}'; expected an address as https://models.example.org.");
        });
        _otlp.Validators.Add(result =>
        {
            if (result.GetValue(_otlp) is { } url && !IsHttp(url)) result.AddError($"--otlp is '{url}'; expected an address such as http://127.0.0.1:4318.");
        });
        _log.Validators.Add(result =>
        {
            if (result.GetValue(_log) is not (null or "text" or "json")) result.AddError($"--log is '{result.GetValue(_log)}'; expected text or json.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_certificateKey) is not null && result.GetValue(_certificate) is null) result.AddError("--tls-key is given without --tls-certificate.");
        });
    }

    /// <summary>The options, with what is served still to be filled in.</summary>
    /// <exception cref="UsageException">A file that is named cannot be used.</exception>
    public ServerOptions Read(ParseResult line) => new()
    {
        Batching = new BatchingOptions
        {
            MaxBatch = line.GetRequiredValue(_maxBatch),
            MaxDelay = TimeSpan.FromMilliseconds(line.GetRequiredValue(_maxDelay)),
            MaxQueue = line.GetRequiredValue(_maxQueue),
            MaxWait = TimeSpan.FromSeconds(line.GetRequiredValue(_maxWait)),
        },
        PollInterval = TimeSpan.FromSeconds(line.GetRequiredValue(_poll)),
        RateLimit = line.GetRequiredValue(_rateLimit),
        MaxBodyBytes = (int)Math.Min((long)line.GetRequiredValue(_maxBody) << 20, int.MaxValue >> 1),
        MaxTensorBytes = Math.Max(Unset.MaxTensorBytes, (long)line.GetRequiredValue(_maxBody) << 20),
        Images = Unset.Images with { MaxPixels = (long)line.GetRequiredValue(_maxPixels) * Million },
        PublicUrl = line.GetValue(_publicUrl) is { } url ? new Uri(url) : null,
        DrainTimeout = TimeSpan.FromSeconds(line.GetRequiredValue(_drainTimeout)),
        DrainDelay = TimeSpan.FromSeconds(line.GetRequiredValue(_drainDelay)),
        AllowModelControl = line.GetValue(_control),
        BrowserModel = line.GetValue(_browserModel),
        Tracing = ReadTracing(line.GetValue(_otlp)),
        ApiKey = ReadKey(line.GetValue(_keyFile)),
        Certificate = ReadCertificate(line.GetValue(_certificate), line.GetValue(_certificateKey)),
        LogRequests = line.GetValue(_log) is not null,
        LogJson = line.GetValue(_log) == "json",
    };

    /// <summary>The endpoint that is named, or that the environment names, which the exporter then reads in full.</summary>
    private static TracingOptions? ReadTracing(string? endpoint)
    {
        if (endpoint is not null) return new TracingOptions { Endpoint = new Uri(endpoint) };
        string[] variables = [EndpointVariable, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
        var isOff = Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED") is "true" || Environment.GetEnvironmentVariable("OTEL_TRACES_EXPORTER") is "none";
        return !isOff && variables.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }) ? new TracingOptions() : null;
    }

    private static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    private static string? ReadKey(string? path)
    {
        if (path is null) return Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null;
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}' for --api-key-file.");
        return File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } first ? first : throw new UsageException($"'{path}' holds no key in its first line.");
    }

    private static X509Certificate2? ReadCertificate(string? certificate, string? key)
    {
        if (certificate is null) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{certificate}'{(key is null ? "" : $" with the key '{key}'")} is no certificate with its key in PEM: {exception.Message}");
        }
    }

    private static Option<int> Number(string name, string description, string unit, int value, int least)
    {
        var option = new Option<int>(name) { Description = description, HelpName = unit, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetRequiredValue(option) < least) result.AddError($"{name} is {result.GetRequiredValue(option)}; expected at least {least}.");
        });
        return option;
    }
}
