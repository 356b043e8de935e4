using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Takes Dropout out and puts BatchNormalization into its inference form. A node that is in training form (training_mode
/// constantly true) is treated the same: a deployed model does not train.
/// </summary>
public sealed class DropTrainingOnlyNodes : IPass, IRewrite
{
    private const string TrainingMode = "training_mode";
    private const long OpsetOfInferenceForms = 7;
    private const long OpsetOfTrainingModeInput = 12;
    private const int TrainingModeInput = 2;

    public string Name => nameof(DropTrainingOnlyNodes);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        foreach (var node in rewriter.Nodes)
        {
            if (node.Is(Ops.Dropout)) Drop(node, rewriter);
            else if (node.Is(Ops.BatchNormalization)) ToInference(node, rewriter);
        }
    }

    private static void Drop(Node node, GraphRewriter rewriter)
    {
        if (rewriter.Opset < OpsetOfInferenceForms)
        {
            rewriter.Declined(node, $"opset {rewriter.Opset} defines Dropout differently; expected {OpsetOfInferenceForms} or later");
            return;
        }
        if (rewriter.IsUsed(node.Output(1)))
        {
            rewriter.Declined(node, $"its mask '{node.Outputs[1]}' is used");
            return;
        }
        var mode = rewriter.Opset >= OpsetOfTrainingModeInput ? node.Input(TrainingModeInput) : null;
        if (mode is not null && rewriter.Constants.Find(mode) is null)
        {
            rewriter.Declined(node, $"whether it trains is decided when the model runs, by '{mode}'");
            return;
        }
        if (rewriter.Bypass(node, node.Inputs[0]) is { } obstacle) rewriter.Declined(node, obstacle);
        else rewriter.Rewrote(node, "removed; it does nothing in inference");
    }

    private static void ToInference(Node node, GraphRewriter rewriter)
    {
        var training = node.Int(TrainingMode, 0) != 0;
        if (!training && node.Outputs.Count == 1) return;
        if (rewriter.Opset < OpsetOfInferenceForms)
        {
            rewriter.Declined(node, $"opset {rewriter.Opset} defines BatchNormalization differently; expected {OpsetOfInferenceForms} or later");
            return;
        }
        if (node.Outputs.Skip(1).FirstOrDefault(rewriter.IsUsed) is { } used)
        {
            rewriter.Declined(node, $"its training output '{used}' is used");
            return;
        }
        node.Remove(TrainingMode);
        while (node.Outputs.Count > 1) node.Outputs.RemoveAt(node.Outputs.Count - 1);
        rewriter.Rewrote(node, "put into its inference form, with the running mean and variance");
    }
}
