using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Inspection;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export;

/// <summary>Compares two models from anywhere: their graphs, and in ONNX Runtime their outputs.</summary>
public static class ModelComparer
{
    private const int BatchSize = 64;

    /// <summary>Compares the outputs on the held-out samples, or where there are none on inputs made up from the first model's signature.</summary>
    public static CompareReport Compare(Model first, Model second, CompareOptions options, HeldOutSamples? samples = null)
    {
        var graph = GraphComparer.Compare(first, second);
        var data = samples is null ? "inputs made up from the signature" : $"{Math.Min(options.Samples, samples.Count)} held-out samples";
        try
        {
            if (WhyIncomparable(first.Graph, second.Graph, samples is not null) is { } problem) return new CompareReport(graph, data, [], problem, options.Tolerance);
            var outputs = samples is null ? OutputChecker.Compare(first, second, GraphOptimizationLevel.ORT_ENABLE_ALL, options.Seed) : OnSamples(first, second, samples, options);
            return new CompareReport(graph, data, outputs, null, options.Tolerance);
        }
        catch (Exception exception) when (exception is ExportException or OnnxRuntimeException)
        {
            return new CompareReport(graph, data, [], exception.Message, options.Tolerance);
        }
    }

    private static string? WhyIncomparable(Graph first, Graph second, bool onSamples)
    {
        string Names(IEnumerable<Value> values) => string.Join(", ", values.Select(v => v.Name));
        if (!first.Outputs.Any(o => second.Output(o.Name) is not null)) return $"the models have no output of one name: {Names(first.Outputs)} and {Names(second.Outputs)}";
        if (onSamples || first.RequiredInputs.Select(i => i.Name).Order().SequenceEqual(second.RequiredInputs.Select(i => i.Name).Order())) return null;
        return $"the models take different inputs: {Names(first.RequiredInputs)} and {Names(second.RequiredInputs)}";
    }

    private static OutputDifference[] OnSamples(Model first, Model second, HeldOutSamples samples, CompareOptions options)
    {
        using var before = new GraphRunner(first, GraphOptimizationLevel.ORT_ENABLE_ALL);
        using var after = new GraphRunner(second, GraphOptimizationLevel.ORT_ENABLE_ALL);
        var meters = new Dictionary<string, DifferenceMeter>(StringComparer.Ordinal);
        var fixedBatch = SampleFeeds.FixedBatch(first.Graph) ?? SampleFeeds.FixedBatch(second.Graph);
        var (count, size) = (Math.Min(options.Samples, samples.Count), fixedBatch ?? BatchSize);
        if (count < (fixedBatch ?? 1)) throw new ExportException($"There are {count} samples, but a model takes {fixedBatch ?? 1} at a time.");
        // Of a fixed batch, samples that do not fill the last one are left out.
        for (var start = 0; start + (fixedBatch ?? 1) <= count; start += size)
        {
            var taken = Math.Min(size, count - start);
            var (a, b) = (before.Run(SampleFeeds.For(first.Graph, samples, start, taken)), after.Run(SampleFeeds.For(second.Graph, samples, start, taken)));
            foreach (var (name, output) in a)
            {
                if (!meters.TryGetValue(name, out var meter)) meters[name] = meter = new DifferenceMeter(name);
                meter.Add(output, b.GetValueOrDefault(name));
            }
        }
        return [.. meters.Values.Select(m => m.ToDifference())];
    }
}
