using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Makes weights constants: an input that is also an initializer is only a default, which a caller may override, and nothing
/// can be folded into it. Old exporters list every weight as an input.
/// </summary>
public sealed class FreezeInitializers : IPass, IRewrite
{
    public string Name => nameof(FreezeInitializers);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var inputs = rewriter.Graph.Inputs;
        var frozen = inputs.Where(i => rewriter.Graph.Initializers.Contains(i.Name)).ToHashSet();
        if (frozen.Count == 0 || options.KeepDefaults) return;

        foreach (var input in frozen) rewriter.Rewrote(input.Name, "is a constant now, no input with a default");
        inputs.RemoveAll(frozen.Contains);
        rewriter.Model.IrVersion = Math.Max(rewriter.Model.IrVersion, ConstantTable.FirstIrWithConstants);
    }
}
