using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;
using Xunit.Abstractions;

namespace OnnxPipeline.Export.Tests;

/// <summary>Every pass over models that no one here wrote.</summary>
public sealed class BackendCasesTests(ITestOutputHelper log)
{
    private static readonly IPass[] Passes = [.. PassPipeline.Deploy().Passes];

    [BackendCasesTheory]
    [InlineData("node", 800)]
    [InlineData("pytorch-converted", 50)]
    [InlineData("pytorch-operator", 20)]
    [InlineData("simple", 15)]
    public void Every_pass_leaves_the_outputs_of_every_case(string group, int atLeast)
    {
        var failures = new List<string>();
        var (ran, rewritten, notRun) = (0, 0, 0);
        foreach (var folder in BackendCase.Names(group))
        {
            if (BackendCase.Load(folder) is not { } test || RunOrNull(test) is not { } expected)
            {
                notRun++;
                continue;
            }
            ran++;
            if (Check(test, expected, failures)) rewritten++;
        }
        log.WriteLine($"{group}: {ran} cases ran, {rewritten} rewritten, {notRun} that ONNX Runtime does not run or that feed no tensors");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(ran >= atLeast, $"only {ran} cases ran");
    }

    [BackendCasesTheory]
    [InlineData(300)]
    public void Operators_on_constants_are_computed_as_ONNX_Runtime_computes_them(int atLeast)
    {
        var failures = new List<string>();
        var (folded, left) = (0, 0);
        foreach (var folder in BackendCase.Names("node"))
        {
            if (BackendCase.Load(folder) is not { } test || RunOrNull(test) is not { } expected || Frozen(test) is not { } frozen) continue;
            var result = new FoldConstants().Apply(frozen);
            if (!result.Modified) left++;
            else
            {
                folded++;
                try
                {
                    // Sums differ in their last bits with the alignment of what they add.
                    PassAssert.SameOutputs(expected, Reference.Run(result.Model, []), 1e-6);
                }
                catch (Xunit.Sdk.XunitException exception)
                {
                    failures.Add($"{test.Name}: {exception.Message}");
                }
            }
        }
        log.WriteLine($"{folded} cases folded, {left} left");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(folded >= atLeast, $"only {folded} cases folded");
    }

    [BackendCasesTheory]
    [InlineData(13, 100)]
    [InlineData(18, 500)]
    [InlineData(22, 500)]
    public void A_case_of_another_operator_set_gives_the_same_or_is_refused_with_a_reason(long target, int atLeast)
    {
        var failures = new List<string>();
        var (converted, refused, notRun) = (0, 0, 0);
        foreach (var folder in BackendCase.Names("node"))
        {
            if (BackendCase.Load(folder) is not { } test || !test.Model.Opsets.TryGetValue(Domains.Onnx, out var opset) || opset is < ConvertOpset.Oldest or > ConvertOpset.Newest) continue;
            var result = new ConvertOpset(target).Apply(test.Model);
            if (!result.Modified)
            {
                if (opset != target) refused++;
                if (opset != target && result.Report.Declined.Count == 0) failures.Add($"{test.Name}: neither converted nor refused");
                continue;
            }
            if (RunOrNull(test) is not { } expected) continue;
            try
            {
                PassAssert.SameOutputs(expected, Reference.Run(result.Model, test.Feeds), PassAssert.Tolerance);
                converted++;
            }
            catch (ExportException exception) when (exception.Message.Contains("Could not find an implementation", StringComparison.Ordinal))
            {
                // A valid model of an operator version that ONNX Runtime has no kernel for.
                notRun++;
            }
            catch (Exception exception) when (exception is ExportException or OnnxRuntimeException or Xunit.Sdk.XunitException)
            {
                failures.Add($"{test.Name}: {exception.Message}");
            }
        }
        log.WriteLine($"opset {target}: {converted} converted, {refused} refused, {notRun} converted but not run by ONNX Runtime");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(converted >= atLeast, $"only {converted} cases were converted");
    }

    /// <summary>The case with its inputs made constants, and its outputs passed through Identity so that their nodes may go.</summary>
    private static Model? Frozen(BackendCase test)
    {
        var model = test.Model.Clone();
        if (model.IrVersion < 4 || model.Graph.Outputs.Any(o => o.Type is null) || model.Graph.Nodes.Any(n => n.Subgraphs.Any())) return null;
        model.Graph.Inputs.Clear();
        foreach (var feed in test.Feeds) model.Graph.Initializers.Add(feed.Clone());
        foreach (var output in model.Graph.Outputs.Select(o => o.Name).ToArray())
        {
            foreach (var node in model.Graph.Nodes)
            {
                Rename(node.Inputs, output);
                Rename(node.Outputs, output);
            }
            model.Graph.Nodes.Add(new Node("Identity", [$"{output}_computed"], [output]));
        }
        return model;

        static void Rename(IList<string> names, string from)
        {
            for (var i = 0; i < names.Count; i++)
            {
                if (names[i] == from) names[i] = $"{from}_computed";
            }
        }
    }

    /// <summary>Applies each pass alone and then all in order. Returns whether any rewrote the model.</summary>
    private static bool Check(BackendCase test, Dictionary<string, Initializer> expected, List<string> failures)
    {
        var rewritten = false;
        foreach (var pass in Passes)
        {
            // A pass that puts training nodes into inference form is meant to change what they give.
            if (pass is DropTrainingOnlyNodes && IsTraining(test.Model)) continue;
            rewritten |= Try($"{test.Name}, {pass.Name}", () =>
            {
                var result = pass.Apply(test.Model);
                if (result.Modified && pass.Apply(result.Model).Modified) throw new InvalidOperationException("a second run found something to do");
                return result.Modified ? result.Model : null;
            });
        }
        if (!IsTraining(test.Model)) Try($"{test.Name}, all", () => PassPipeline.Deploy().Run(test.Model) is { Modified: true } all ? all.Model : null);
        return rewritten;

        bool Try(string what, Func<Model?> apply)
        {
            try
            {
                if (apply() is not { } changed) return false;
                PassAssert.SameOutputs(expected, Reference.Run(changed, test.Feeds), PassAssert.Tolerance);
                return true;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failures.Add($"{what}: {exception.GetType().Name}: {exception.Message}");
                return false;
            }
        }
    }

    private static bool IsTraining(Model model) => model.Graph.Nodes.Any(n =>
        (n.OpType == "Dropout" && n.Inputs.Count > 2) || (n.OpType == "BatchNormalization" && n.Outputs.Count > 1));

    /// <summary>The outputs, or null when ONNX Runtime does not run the model or gives other outputs each time.</summary>
    private static Dictionary<string, Initializer>? RunOrNull(BackendCase test)
    {
        try
        {
            var first = Reference.Run(test.Model, test.Feeds);
            if (test.Model.Graph.Nodes.Any(n => n.OpType is "Bernoulli" or "Dropout" || n.OpType.StartsWith("Random", StringComparison.Ordinal)))
                PassAssert.SameOutputs(first, Reference.Run(test.Model, test.Feeds), 0);
            return first;
        }
        catch (Exception exception) when (exception is ExportException or OnnxRuntimeException or Xunit.Sdk.XunitException)
        {
            return null;
        }
    }
}
