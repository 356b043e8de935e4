namespace OnnxPipeline.Models;

/// <summary>Operator-set domains.</summary>
public static class Domains
{
    /// <summary>The standard operators; "ai.onnx" is another spelling of the same.</summary>
    public const string Onnx = "";

    /// <summary>ONNX Runtime's contributed operators.</summary>
    public const string Microsoft = "com.microsoft";

    /// <summary>The standard's operators of classical machine learning.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>ONNX Runtime Extensions: image decoding and text.</summary>
    public const string Extensions = "com.microsoft.extensions";

    public static string Normalize(string? domain) => domain is null or "ai.onnx" ? Onnx : domain;
}
