namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>
/// Credentials and region where every tool for S3 looks for them: the environment, then the profile in ~/.aws/credentials and ~/.aws/config.
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
/// </summary>
/// <param name="environment">Gives the environment's variables.</param>
internal sealed class AwsSettings(Func<string, string?> environment)
{
    private const string DefaultProfile = "default";

    private string Profile => Given("AWS_PROFILE") ?? DefaultProfile;

    public string? Region => Given("AWS_REGION") ?? Given("AWS_DEFAULT_REGION") ?? Config.GetValueOrDefault("region");

    /// <summary>Another server than Amazon's own; null for that.</summary>
    public string? Endpoint => Given("AWS_ENDPOINT_URL_S3") ?? Given("AWS_ENDPOINT_URL") ?? Config.GetValueOrDefault("endpoint_url");

    /// <summary>Null where there are none: requests are not signed then, as a public bucket wants it.</summary>
    /// <exception cref="UsageException">One half of a pair is missing, or the profile that was named.</exception>
    public AwsCredentials? Credentials()
    {
        var (accessKey, secretKey) = (Given("AWS_ACCESS_KEY_ID"), Given("AWS_SECRET_ACCESS_KEY"));
        if (accessKey is not null && secretKey is not null) return new AwsCredentials(accessKey, secretKey, Given("AWS_SESSION_TOKEN"));
        if ((accessKey ?? secretKey) is not null) throw new UsageException("Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one alone is set; set both or neither.");
        var file = File("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        var sections = IniFile.Read(file);
        if (!sections.TryGetValue(Profile, out var keys)) keys = Config;
        if (keys.TryGetValue("aws_access_key_id", out accessKey) && keys.TryGetValue("aws_secret_access_key", out secretKey))
            return new AwsCredentials(accessKey, secretKey, keys.GetValueOrDefault("aws_session_token"));
        return Given("AWS_PROFILE") is null ? null
            : throw new UsageException($"The profile '{Profile}' (AWS_PROFILE) has no aws_access_key_id and aws_secret_access_key in '{file}'. There are: {(sections.Count == 0 ? "none" : string.Join(", ", sections.Keys))}. "
                + "For one that signs on in another way, run: eval \"$(aws configure export-credentials --format env)\"");
    }

    private IReadOnlyDictionary<string, string> Config =>
        IniFile.Read(File("AWS_CONFIG_FILE", "config")).GetValueOrDefault(Profile == DefaultProfile ? DefaultProfile : $"profile {Profile}") ?? new Dictionary<string, string>();

    private string File(string variable, string name) =>
        Given(variable) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".aws", name);

    private string? Given(string variable) => environment(variable) is { Length: > 0 } value ? value : null;
}
