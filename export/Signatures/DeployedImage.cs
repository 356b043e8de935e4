using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Gives the graph of an image model the input of a deployed one: raw pixels, or an encoded file, as "image".</summary>
internal static class DeployedImage
{
    private const string BytesSymbol = "bytes";

    /// <param name="model">Its only input is the image as the model was trained on it.</param>
    /// <param name="names">Its values' names.</param>
    /// <param name="trained">That image.</param>
    /// <param name="settings">What is to go in, and what is done to it.</param>
    public static void Set(Model model, ValueNames names, ImageInput trained, ExportSettings settings)
    {
        var graph = model.Graph;
        var layout = settings.Input ?? trained.Layout;
        var chain = new NodeChain(graph, names, "input");
        graph.Inputs.RemoveAll(i => i.Name == trained.Name);
        if (layout == trained.Layout && settings.TestTimeAugmentation is null)
        {
            names.Rename(trained.Name, Signature.ImageName);
        }
        else
        {
            var body = chain.Fresh("pixels");
            names.Rename(trained.Name, body);
            names.Free(Signature.ImageName);
            var pixels = layout == trained.Layout ? Signature.ImageName
                : layout == ImageLayout.Encoded ? ImageDecoding.Append(chain, Signature.ImageName, trained)
                : chain.Add(Ops.Transpose, n => n.Set("perm", (long[])(layout == ImageLayout.Hwc ? [0, 3, 1, 2] : [0, 2, 3, 1])), Signature.ImageName);
            if (settings.TestTimeAugmentation is { } kind) pixels = AugmentationNodes.Expand(chain, pixels, trained, kind);
            chain.Into(body, Ops.Identity, _ => { }, pixels);
            chain.PutFirst();
        }
        if (layout == ImageLayout.Encoded) model.Opsets.TryAdd(Domains.Extensions, 1);
        graph.Inputs.Insert(0, layout == ImageLayout.Encoded
            ? new Value(Signature.ImageName, ElementType.UInt8, BytesSymbol)
            : new Value(Signature.ImageName, ElementType.UInt8, [Signature.BatchSymbol, .. ImageShape.Of(trained with { Layout = layout }).Select(s => (Dimension)s)]));
    }
}
