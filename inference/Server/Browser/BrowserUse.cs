using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Server.Browser;

/// <summary>Whether the page can run a model in the browser as the server does, and what it must know for that.</summary>
/// <param name="Unavailable">Why it cannot, as the end of a sentence; null where it can.</param>
/// <param name="Output">The output that holds the probabilities.</param>
internal sealed record BrowserUse(string? Unavailable, string? Output)
{
    public static BrowserUse Of(ServedModel model, ServerOptions options) => WhyNot(model, options) is { } why
        ? new BrowserUse(why, null)
        : new BrowserUse(null, model.Session.Metadata?.Probabilities ?? model.Session.Outputs[0].Name);

    private static string? WhyNot(ServedModel model, ServerOptions options) => model switch
    {
        { Images: null } => "only models of images are run in the browser",
        { Images.Input.Layout: ImageLayout.Encoded } => "the model decodes image files itself, which onnxruntime-web does not",
        _ when model.Session.Inputs[0].ElementType != TensorElementType.UInt8 || options.Predictor.Logits => "the model needs work before or after it that the server does",
        _ when model.Session.Inputs[0].Shape[0] > 1 => "the model takes a fixed number of images at once",
        _ when !options.BrowserModel => "the server keeps the model to itself; start it with --browser-model to let this page have the file",
        _ when !BrowserRuntime.IsInstalled => BrowserRuntime.Missing,
        _ => null,
    };
}
