using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Gives a graph the outputs of a deployed model: probabilities of all classes, the answer's label and the best classes where they are wanted, or a prediction.</summary>
internal static class DeployedOutputs
{
    /// <exception cref="ExportException">Logits are to be kept of a model that gives none.</exception>
    public static void Set(Model model, ValueNames names, Signature signature, ExportSettings settings)
    {
        var graph = model.Graph;
        var hasLogits = signature.Form is OutputForm.Logits or OutputForm.BinaryLogit;
        if (settings.KeepLogits && !hasLogits)
            throw new ExportException($"The model's output '{signature.Output}' is {(signature.Form == OutputForm.Value ? "a prediction" : "a Softmax's")}; it gives no logits to keep. Leave KeepLogits off.");

        var chain = new NodeChain(graph, names, "output");
        NameOutput(chain, names, signature.Output, hasLogits ? Signature.LogitsName : signature.DeployedOutput, settings.TestTimeAugmentation);
        if (hasLogits) names.Free(Signature.ProbabilitiesName);
        if (signature.Form == OutputForm.Logits) chain.Into(Signature.ProbabilitiesName, Ops.Softmax, n => n.Set("axis", 1L), Signature.LogitsName);
        if (signature.Form == OutputForm.BinaryLogit) AddBothClasses(chain);

        Dimension batch = settings.Input == ImageLayout.Encoded ? 1 : Signature.BatchSymbol;
        graph.Outputs.Clear();
        graph.Outputs.Add(new Value(signature.DeployedOutput, ElementType.Float, batch, signature.Form == OutputForm.Value ? 1 : settings.Labels.Count));
        if (settings.KeepLogits) graph.Outputs.Add(new Value(Signature.LogitsName, ElementType.Float, batch, signature.Form == OutputForm.BinaryLogit ? 1 : settings.Labels.Count));
        if (settings.Label || settings.TopK is not null) AddNames(graph, chain, names, batch, settings);
        chain.PutLast();
    }

    /// <summary>Gives the model's output its name; where variants were answered, that of their average.</summary>
    private static void NameOutput(NodeChain chain, ValueNames names, string output, string name, TestTimeAugmentation? augmentation)
    {
        if (augmentation is not { } kind)
        {
            names.Rename(output, name);
            return;
        }
        var each = chain.Fresh($"{name}.each");
        names.Rename(output, each);
        names.Free(name);
        AugmentationNodes.Average(chain, each, name, kind);
    }

    /// <summary>[σ(−x), σ(x)]: neither is the rounded rest of the other.</summary>
    private static void AddBothClasses(NodeChain chain)
    {
        var second = chain.Op(Ops.Sigmoid, Signature.LogitsName);
        var first = chain.Op(Ops.Sigmoid, chain.Op(Ops.Neg, Signature.LogitsName));
        chain.Into(Signature.ProbabilitiesName, Ops.Concat, n => n.Set("axis", 1L), first, second);
    }

    private static void AddNames(Graph graph, NodeChain chain, ValueNames names, Dimension batch, ExportSettings settings)
    {
        var labels = chain.Constant(Initializer.OfStrings(chain.Fresh("labels"), settings.Labels));
        void Output(string name, ElementType type, params Dimension[] shape)
        {
            names.Free(name);
            graph.Outputs.Add(new Value(name, type, shape));
        }
        if (settings.Label)
        {
            Output(Signature.LabelName, ElementType.String, batch);
            chain.Into(Signature.LabelName, Ops.Gather, n => n.Set("axis", 0L), labels, Answer(chain, settings.Threshold));
        }
        if (settings.TopK is not { } count) return;
        Output(Signature.TopProbabilitiesName, ElementType.Float, batch, count);
        Output(Signature.TopClassesName, ElementType.Int64, batch, count);
        Output(Signature.TopLabelsName, ElementType.String, batch, count);
        // ONNX Runtime's TopK divides by the number of rows, and an empty batch would end the process: a row of zeros goes in with it and is taken out again.
        var filled = chain.Add(Ops.Concat, n => n.Set("axis", 0L), Signature.ProbabilitiesName, chain.Constant(Initializer.Zeros(chain.Fresh("row"), ElementType.Float, 1, settings.Labels.Count)));
        string[] best = [chain.Fresh("best"), chain.Fresh("best")];
        chain.Into(best, Ops.TopK, n => n.Set("axis", 1L), filled, chain.Longs(count));
        foreach (var (name, padded) in ((string[])[Signature.TopProbabilitiesName, Signature.TopClassesName]).Zip(best))
            chain.Into(name, Ops.Slice, _ => { }, padded, chain.Longs(0), chain.Longs(-1), chain.Longs(0));
        chain.Into(Signature.TopLabelsName, Ops.Gather, n => n.Set("axis", 0L), labels, Signature.TopClassesName);
    }

    /// <summary>The index of the answer, int64 [batch]: of the most probable class, or 1 where the second class reaches the threshold. Compared in double, as the inference library does.</summary>
    private static string Answer(NodeChain chain, double? threshold)
    {
        if (threshold is not { } least) return chain.Add(Ops.ArgMax, n => n.Set("axis", 1L).Set("keepdims", 0L), Signature.ProbabilitiesName);
        var second = chain.Add(Ops.Gather, n => n.Set("axis", 1L), Signature.ProbabilitiesName, chain.Scalar(1L));
        return chain.Cast(chain.Op(Ops.GreaterOrEqual, chain.Cast(second, ElementType.Double), chain.Scalar(least)), ElementType.Int64);
    }
}
