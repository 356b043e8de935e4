namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>Why nodes stay in float32, where several places say the same.</summary>
internal static class Reasons
{
    public const string Asked = "the options keep it in float32";
}
