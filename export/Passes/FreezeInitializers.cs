using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Makes weights constants: an input that is also an initializer is only a default, which a caller may override, and nothing
/// can be folded into it. Old exporters list every weight as an input.
/// </summary>
public sealed class FreezeInitializers : IPass
{
    public string Name => nameof(FreezeInitializers);

    public PassResult Apply(Model model, PassOptions? options = null)
    {
        var rewriter = new GraphRewriter(this, model);
        var graph = rewriter.Graph;
        foreach (var input in graph.Inputs.Where(i => graph.Initializers.Contains(i.Name)))
            rewriter.Rewrote(input.Name, "is a constant now, no input with a default");
        graph.Inputs.RemoveAll(i => graph.Initializers.Contains(i.Name));
        if (rewriter.Model.IrVersion < ConstantTable.FirstIrWithConstants) rewriter.Model.IrVersion = ConstantTable.FirstIrWithConstants;
        return rewriter.Result();
    }
}
