namespace OnnxPipeline.Export.Packaging;

/// <summary>The forms in which a model is handed on.</summary>
public enum PackageKind
{
    /// <summary>The model with its labels, card and reports.</summary>
    Folder,

    /// <summary>A model repository of NVIDIA Triton and KServe.</summary>
    Triton,

    /// <summary>A static web page that runs the model in the browser.</summary>
    Browser,

    /// <summary>A NuGet package with the model and a typed Predict method.</summary>
    NuGet,

    /// <summary>ONNX Runtime's own format, which its small builds for phones and devices read.</summary>
    Ort,

    /// <summary>The graph as ONNX Runtime optimised it for this machine.</summary>
    Optimized,
}
