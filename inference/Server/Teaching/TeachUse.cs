using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.OnDevice;

namespace OnnxPipeline.Inference.Server.Teaching;

/// <summary>Whether the page can train a model in the browser.</summary>
/// <param name="Unavailable">Why it cannot, as the end of a sentence; null where it can.</param>
internal sealed record TeachUse(string? Unavailable)
{
    /// <summary>Null where nobody gave the model a bundle.</summary>
    public static TeachUse? Of(ServedModel model, TeachingBundles bundles)
    {
        try
        {
            return bundles.Find(model.Source) is { } bundle ? new TeachUse(WhyNot(bundle)) : null;
        }
        catch (OnDeviceException exception)
        {
            return new TeachUse(exception.Message.TrimEnd('.'));
        }
    }

    private static string? WhyNot(BundleFiles bundle) => bundle.Manifest switch
    {
        { Image: null } => "its bundle is of a model that takes no images",
        _ when !BrowserRuntime.IsInstalled => BrowserRuntime.Missing,
        _ => null,
    };
}
