using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Verification;

/// <summary>Runs two models of one interface on the same made-up inputs and measures how far their outputs are apart.</summary>
internal static class OutputChecker
{
    private static readonly int[] Batches = [1, 3];

    /// <param name="reference">Its outputs are those that the candidate's are measured against.</param>
    /// <param name="candidate">Takes the same inputs; what it fixes of their sizes decides them.</param>
    /// <param name="optimization">ONNX Runtime's optimisations of the reference; the candidate has all of them, as where it is deployed.</param>
    /// <param name="seed">Decides the inputs.</param>
    /// <exception cref="ExportException">The reference does not run on any made-up inputs, or gives others each time.</exception>
    public static IReadOnlyList<OutputDifference> Compare(Model reference, Model candidate, GraphOptimizationLevel optimization, ulong seed = 1)
    {
        using var before = new GraphRunner(reference, optimization);
        using var after = new GraphRunner(candidate, GraphOptimizationLevel.ORT_ENABLE_ALL);
        var meters = new Dictionary<string, DifferenceMeter>(StringComparer.Ordinal);
        // A batch that either model fixes is that for both.
        var fixedBatch = reference.Graph.RequiredInputs.Concat(candidate.Graph.RequiredInputs).Select(i => i.Type?.Shape is [{ Size: { } size }, ..] ? (int?)size : null).FirstOrDefault(size => size is not null);
        foreach (var batch in Batches)
        {
            if (GeneratedInputs.FirstThatRun(reference, before, fixedBatch ?? batch, seed, out var why) is not var (feeds, expected))
            {
                // Some models take one sample at a time, whatever they declare.
                if (meters.Count > 0) continue;
                throw new ExportException($"ONNX Runtime does not run the original on inputs made up from its signature ({string.Join(", ", reference.Graph.RequiredInputs)}), so nothing can be compared: {why!.Message}", why);
            }
            if (batch == Batches[0]) CheckRepeats(before, feeds, expected);
            var found = after.Run(feeds);
            foreach (var (name, output) in expected)
            {
                if (!meters.TryGetValue(name, out var meter)) meters[name] = meter = new DifferenceMeter(name);
                meter.Add(output, found.GetValueOrDefault(name));
            }
        }
        return [.. meters.Values.Select(m => m.ToDifference())];
    }

    private static void CheckRepeats(GraphRunner runner, IReadOnlyList<Initializer> feeds, Dictionary<string, Initializer> expected)
    {
        foreach (var (name, again) in runner.Run(feeds))
        {
            var same = again.ElementType == ElementType.String ? again.Strings.SequenceEqual(expected[name].Strings) : again.Bytes.Span.SequenceEqual(expected[name].Bytes.Span);
            if (!same) throw new ExportException($"The output '{name}' of the original is another each time it runs on the same inputs, so nothing can be compared. A model that draws random numbers is not optimised.");
        }
    }
}
