using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>How the trained graph becomes a deployable model, and how the two are compared.</summary>
internal sealed record ExportOptions
{
    /// <summary>The version of the ONNX operator set that the exported model uses.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>The largest absolute difference of a probability, or of a value in standard deviations of the target, between trained and exported model that verification accepts.</summary>
    public double MaxAbsDiff { get; init; } = 1e-4;

    /// <summary>At most this many held-out samples are compared, at every batch size and with the training engine.</summary>
    public int Samples { get; init; } = 10000;

    /// <summary>Of two classes, how the threshold between them is chosen on the validation part; it is stored in the model and decides its answers. Null for the more probable class.</summary>
    public ThresholdOptions? Threshold { get; init; }

    /// <summary>How an image goes in: raw pixels by channels (chw) or by rows (hwc), or the bytes of a PNG or JPEG file (encoded), one a run, which the graph decodes with ONNX Runtime Extensions and resizes. Null for the layout that the model was trained on.</summary>
    public ImageLayout? Input { get; init; }

    /// <summary>Gives the name of the answer out too, as "label".</summary>
    public bool Label { get; init; }

    /// <summary>Gives so many of the most probable classes out too, best first, as "top_probabilities", "top_classes" and "top_labels"; null for none.</summary>
    public int? TopK { get; init; }

    /// <summary>Test-time augmentation inside the graph: the logits of the image and its mirror image are averaged (flip), or of those and of the image moved by a pixel either way along the diagonal (flip-shift). Null for the image alone.</summary>
    public TestTimeAugmentation? TestTimeAugmentation { get; init; }

    /// <summary>Whether the exported model is also run in onnxruntime-web (WebAssembly, in Node.js), which must give the same classes: true, false, or auto for wherever the two are there.</summary>
    public SecondRuntimeUse SecondRuntime { get; init; } = SecondRuntimeUse.Auto;

    /// <summary>Makes on-device.zip too, with which the exported model is trained further inside apps and browsers; see docs/ON_DEVICE.md; it takes an opset of 16 or later. Null for none.</summary>
    public BundleOptions? OnDevice { get; init; }
}
