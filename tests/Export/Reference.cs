using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>Runs models in ONNX Runtime without its own optimisations, so that a difference is the pass's.</summary>
internal static class Reference
{
    /// <summary>Random tensors for the required inputs, with <paramref name="batch"/> for every axis that has no size.</summary>
    public static IReadOnlyList<Initializer> RandomFeeds(Model model, int batch = 2, ulong seed = 7) => GeneratedInputs.Of(model, batch, batch, seed);

    /// <summary>The model's outputs by name.</summary>
    public static Dictionary<string, Initializer> Run(Model model, IReadOnlyList<Initializer> feeds)
    {
        using var runner = new GraphRunner(model, GraphOptimizationLevel.ORT_DISABLE_ALL, threads: 1);
        return runner.Run(feeds);
    }
}
