namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>Keys of Amazon's kind. Their text form has no secret in it.</summary>
internal sealed record AwsCredentials(string AccessKey, string SecretKey, string? SessionToken)
{
    public override string ToString() => AccessKey;
}
