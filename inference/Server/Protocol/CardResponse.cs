using System.Globalization;
using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Teaching;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>What a model says of itself, for people and for the page.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Version">Which version.</param>
/// <param name="Kind">"image", "table", or "tensors" for a model that /predict cannot answer.</param>
/// <param name="Description">The text that its file carries; null for none.</param>
/// <param name="Image">The image that goes in.</param>
/// <param name="Target">What a regression predicts.</param>
/// <param name="Labels">Class names, by class index.</param>
/// <param name="Threshold">Of two classes, the second is the answer from this probability.</param>
/// <param name="Dataset">What it was trained on.</param>
/// <param name="Quantization">How it is quantised, in words.</param>
/// <param name="ToolVersion">What exported it.</param>
/// <param name="Metrics">Measured figures by name.</param>
/// <param name="Bytes">Size of its file.</param>
/// <param name="Device">What it runs on.</param>
/// <param name="MaxBatch">The most samples that share a run; null where requests run alone.</param>
/// <param name="Browser">Whether the page can run it in the browser.</param>
/// <param name="Teach">Whether the page can train it there; null where it has no bundle for that.</param>
internal sealed record CardResponse(
    string Model, string Version, string Kind, string? Description, ImageInput? Image, string? Target, IReadOnlyList<string>? Labels, double? Threshold, string? Dataset,
    string? Quantization, string? ToolVersion, IReadOnlyDictionary<string, double>? Metrics, long? Bytes, string Device, int? MaxBatch, BrowserUse Browser, TeachUse? Teach)
{
    public static CardResponse Of(ServedModel model, ServerOptions options, TeachingBundles bundles)
    {
        var own = model.Session.Metadata;
        return new CardResponse(
            model.Name, model.Version.ToString(CultureInfo.InvariantCulture), KindOf(model), model.Session.Description, model.Images?.Input, model.Rows?.Target, model.Images?.Labels ?? own?.Labels, own?.Threshold, own?.Dataset,
            own?.Quantization, own?.ToolVersion, own?.Metrics, FileStamp.Of(model.Source.Path)?.Length, model.Session.Device.ToString(), model.MaxBatch, BrowserUse.Of(model, options), TeachUse.Of(model, bundles));
    }

    private static string KindOf(ServedModel model) => model switch
    {
        { Images: not null } => "image",
        { Rows: not null } => "table",
        _ => "tensors",
    };
}
