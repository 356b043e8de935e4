namespace OnnxPipeline.Inference.Server.Models.Configuration;

/// <summary>
/// What a model's config.pbtxt says that this server follows: which versions are served, and how requests are batched. Names and types
/// of tensors are the model's own; the rest, such as instances and optimisation, is Triton's, and is left alone.
/// </summary>
/// <remarks>Source: the protocol buffer ModelConfig, https://github.com/triton-inference-server/common, model_config.proto.</remarks>
internal sealed record TritonConfig
{
    /// <summary>The file's name in a model's folder.</summary>
    public const string FileName = "config.pbtxt";

    /// <summary>The most samples of a run; 0 where requests run alone, null where it does not say.</summary>
    public int? MaxBatch { get; private init; }

    /// <summary>How long a request waits for others; null where it does not say.</summary>
    public TimeSpan? MaxDelay { get; private init; }

    /// <summary>How many versions are served, the newest of them; null for all.</summary>
    public int? Latest { get; private init; }

    /// <summary>Which versions are served; null for all.</summary>
    public IReadOnlyList<long>? Specific { get; private init; }

    /// <summary>Reads a file; what there is none of says nothing.</summary>
    /// <exception cref="ModelException">The file is not of protobuf's text format, or a value is none that it may have; the message says in which line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TritonConfig Read(string path)
    {
        if (!File.Exists(path)) return new TritonConfig();
        try
        {
            return Of(TextMessageReader.Read(File.ReadAllText(path)), Path.GetFileName(Path.GetDirectoryName(path)!));
        }
        catch (FormatException exception)
        {
            throw new ModelException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>These options, as far as the file does not say otherwise.</summary>
    public BatchingOptions Apply(BatchingOptions options) => options with
    {
        MaxBatch = Math.Max(1, MaxBatch ?? options.MaxBatch),
        MaxDelay = MaxDelay is { } delay && delay <= options.MaxWait ? delay : MaxDelay is null ? options.MaxDelay : options.MaxWait,
    };

    /// <summary>Which of a model's versions are served.</summary>
    public IEnumerable<long> Choose(IEnumerable<long> versions) =>
        Specific is not null ? versions.Where(Specific.Contains)
        : Latest is { } count ? versions.OrderDescending().Take(count)
        : versions;

    private static TritonConfig Of(TextMessage config, string folder)
    {
        if (config.Find("name") is { } name && name.AsText() is { Length: > 0 } text && text != folder)
            throw new FormatException($"line {name.Line}: 'name' is '{text}', but the model's folder is '{folder}'; make them the same, or leave the name out.");
        var policy = config.Find("version_policy")?.AsMessage();
        if (policy is { Fields.Count: > 1 }) throw new FormatException($"line {policy.Fields[1].Line}: 'version_policy' is one of latest, all and specific.");
        var choice = policy?.Fields.SingleOrDefault();
        if (choice is not (null or { Name: "latest" or "all" or "specific" })) throw new FormatException($"line {choice.Line}: '{choice.Name}' is no version policy; expected latest, all or specific.");
        return new TritonConfig
        {
            MaxBatch = (int?)Math.Min(config.Find("max_batch_size")?.AsInteger(least: 0) ?? -1, int.MaxValue) is >= 0 and var batch ? batch : null,
            MaxDelay = config.Find("dynamic_batching")?.AsMessage().Find("max_queue_delay_microseconds")?.AsInteger(least: 0) is { } delay ? TimeSpan.FromMicroseconds(Math.Min(delay, int.MaxValue)) : null,
            Latest = choice?.Name == "latest" ? (int)Math.Min(choice.AsMessage().Find("num_versions")?.AsInteger(least: 1) ?? 1, int.MaxValue) : null,
            Specific = choice?.Name == "specific" ? [.. choice.AsMessage().All("versions").Select(version => version.AsInteger(least: 1))] : null,
        };
    }
}
