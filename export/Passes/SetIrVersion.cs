using OnnxPipeline.Export.Opsets;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>Sets the version of the file format: the one asked for, or the lowest that the model's operator set and types allow.</summary>
public sealed class SetIrVersion(long? version = null) : IPass, IRewrite
{
    public string Name => nameof(SetIrVersion);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var model = rewriter.Model;
        var (least, reason) = IrVersions.Least(model);
        var wanted = version ?? least;
        if (wanted == model.IrVersion) return;
        if (wanted < least) rewriter.Declined(rewriter.Graph.Name, $"IR version {wanted} is asked for, but {reason} needs {least}");
        else if (wanted > IrVersions.Newest) rewriter.Declined(rewriter.Graph.Name, $"IR version {wanted} is asked for; expected {least} to {IrVersions.Newest}");
        else
        {
            rewriter.Rewrote(rewriter.Graph.Name, $"IR version {model.IrVersion} to {wanted}");
            model.IrVersion = wanted;
        }
    }
}
